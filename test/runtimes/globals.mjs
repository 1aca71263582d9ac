const names = ["fetch", "TextDecoder", "TextEncoder", "atob", "btoa", "URL", "process", "Buffer"];

/** Takes away what a lesser runtime may lack. */
export function removeGlobals() {
  for (const name of names) {
    delete globalThis[name];
    if (globalThis[name] !== undefined) Object.defineProperty(globalThis, name, { value: undefined });
  }
  const left = names.filter((name) => globalThis[name] !== undefined);
  if (left.length > 0) throw new Error(`still there: ${left}`);
}
