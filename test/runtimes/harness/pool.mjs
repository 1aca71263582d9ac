/**
 * Runs independent work, a few at a time.
 *
 * @template Item
 * @param {Item[]} items
 * @param {number} width how many at a time
 * @param {(item: Item) => Promise<void>} work
 */
export async function inPool(items, width, work) {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
