/** Whether this document's policy forbids eval: the proof that there is one. */
export function assertPolicy() {
  try {
    // biome-ignore lint/security/noGlobalEval: it must be refused
    globalThis.eval("0");
  } catch {
    return;
  }
  throw new Error("this page has no policy: eval works");
}

/** Posts to the page around this frame. */
export async function answer(run) {
  try {
    parent.postMessage(await run(), "*");
  } catch (error) {
    parent.postMessage({ error: String(error?.stack ?? error) }, "*");
  }
}
