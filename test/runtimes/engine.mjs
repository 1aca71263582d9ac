/**
 * The JavaScript engine, by what only it has. It needs no navigator, so it works in worklets.
 *
 * @returns {"SpiderMonkey" | "JavaScriptCore" | "V8" | "unknown"}
 */
export function engine() {
  const error = new Error("x");
  if (typeof InternalError === "function" && "fileName" in error) return "SpiderMonkey";
  if ("sourceURL" in error || Object.hasOwn(error, "line")) return "JavaScriptCore";
  if (String(error.stack).startsWith("Error: x\n    at ")) return "V8";
  return "unknown";
}
