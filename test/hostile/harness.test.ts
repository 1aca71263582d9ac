import { expect, it } from "vitest";
import { attackFormat } from "./harness.ts";
import { mutate, seededRandom, truncationLengths } from "./mutate.ts";

const root = new URL("../../", import.meta.url);
const trap = (name: string) => attackFormat(root, `../traps/${name}`, { count: 300, truncations: 64 });

it("the harness catches a reader that throws another error", async () => {
  expect((await trap("crash")).failures[0]).toMatch(/trap, cut off at .*: threw RangeError/);
});

it("the harness catches a reader that hangs", async () => {
  await expect(trap("hang")).rejects.toThrow(/case \d+ hangs/);
});

it("the harness catches a reader that takes what a file declares", async () => {
  expect((await trap("memory")).failures[0]).toMatch(/took \d+ bytes for a file of \d+/);
});

it("the harness catches a reader that changes numbers silently", async () => {
  expect((await trap("silent")).failures[0]).toMatch(/gave 0 for 0.5/);
});

it("mutations depend on their seed alone, and change the bytes", () => {
  const bytes = Uint8Array.from({ length: 3000 }, (_, i) => i % 251);
  const before = bytes.slice();
  let changed = 0;
  for (let seed = 0; seed < 200; seed++) {
    const first = mutate(bytes, seededRandom(seed));
    expect(mutate(bytes, seededRandom(seed))).toEqual(first);
    if (Buffer.compare(first.bytes, bytes) !== 0) changed++;
  }
  expect(bytes).toEqual(before);
  expect(changed).toBeGreaterThan(170);
});

it("short files are cut off after every byte, long ones at their boundaries too", () => {
  expect(truncationLengths(20)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(truncationLengths(1_000_000, [123_457])).toEqual(
    expect.arrayContaining([0, 65_536, 123_456, 123_457, 999_999]),
  );
});
