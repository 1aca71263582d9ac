import { engine } from "../engine.mjs";

/** Where this runs, if it is Node. */
export function proveNode() {
  const { versions, release } = process;
  const foreign = ["Deno", "Bun", "EdgeRuntime", "WebSocketPair"].filter((name) => name in globalThis);
  if (release.name !== "node" || engine() !== "V8" || foreign.length > 0) {
    throw new Error(`not Node: ${release.name}, ${engine()}, ${foreign}`);
  }
  return { version: versions.node, engine: `V8 ${versions.v8.split(".").slice(0, 2).join(".")}` };
}
