import { openPage } from "../harness/browser.mjs";

/**
 * Counts the garbage collections of an AudioWorklet over a million samples: a step that allocates one small array gives
 * more than a hundred.
 *
 * @param {object} browser one that can trace its collections
 * @returns {Promise<string>}
 * @throws Error when steps allocate, or when the counting does not see steps that do
 */
export async function checkAllocation(browser, program, app) {
  const quiet = await countCollections(browser, program, app, "");
  const control = await countCollections(browser, program, app, "?allocate");
  if (control < 50) throw new Error(`the control, which allocates, was collected only ${control} times`);
  if (quiet > 8) throw new Error(`${quiet} collections in 8192 callbacks`);
  return `${quiet} collections in 8192 callbacks; ${control} in the control, which allocates`;
}

/** The most collections that any heap had, but the page's own, which is the last one heard of. */
async function countCollections({ start, traceCollections }, program, app, query) {
  const traced = { start: start(program, traceCollections.flag) };
  const { posted, log } = await openPage(traced, app, `/browsers/allocation.html${query}`);
  if (!posted[0]?.played) throw new Error(posted[0]?.error ?? `nothing came\n${log.slice(-1500)}`);
  const heaps = Array.from(log.matchAll(traceCollections.heap), ([, heap]) => heap);
  const page = heaps.at(-1);
  if (page === undefined) throw new Error("the browser traced nothing");
  const counts = new Map();
  for (const heap of heaps.filter((name) => name !== page)) counts.set(heap, (counts.get(heap) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
