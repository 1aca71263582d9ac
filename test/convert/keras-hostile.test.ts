import { readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { HdfFile } from "../../src/convert/hdf5/file.ts";
import { read as readH5 } from "../../src/convert/keras-h5/read.ts";
import { read as readV3 } from "../../src/convert/keras-v3/read.ts";
import { read as readTfjs } from "../../src/convert/tfjs/read.ts";
import { CongruentError } from "../../src/errors.ts";

const folder = new URL("fixtures/keras/", import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
const textOf = (name: string): string => readFileSync(new URL(name, folder), "utf8");
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A reader must be done with a hostile file in this time, in milliseconds of the processor. */
const allowed = 2000;

async function expectRefused(read: () => Promise<unknown>, message: RegExp): Promise<void> {
  const begun = process.cpuUsage();
  const error = await read().catch((thrown: unknown) => thrown);
  const { user, system } = process.cpuUsage(begun);
  expect(error).toBeInstanceOf(CongruentError);
  expect((error as Error).message).toMatch(message);
  expect((user + system) / 1000).toBeLessThan(allowed);
}

/** Places of a four-letter signature in a file. */
function findAll(bytes: Uint8Array, signature: string): number[] {
  const text = Buffer.from(bytes).toString("latin1");
  const found: number[] = [];
  for (let at = text.indexOf(signature); at >= 0; at = text.indexOf(signature, at + 1)) found.push(at);
  return found;
}

const withChange = (name: string, change: (view: DataView, bytes: Uint8Array) => void): Uint8Array => {
  const bytes = bytesOf(name);
  change(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), bytes);
  return bytes;
};
const h5 = (bytes: Uint8Array) => readH5({ name: "x.h5", bytes });

describe("hostile HDF5", () => {
  it("a group that holds itself is found out", () => {
    // Every symbol table entry leads back to the root.
    const bytes = withChange("tokens.weights.h5", (view, all) => {
      const root = view.getBigUint64(64, true);
      for (const table of findAll(all, "SNOD")) {
        const count = view.getUint16(table + 6, true);
        for (let i = 0; i < count; i++) view.setBigUint64(table + 8 + 40 * i + 8, root, true);
      }
    });
    const file = new HdfFile(bytes, "x.h5");
    const group = file.children("/")[0];
    expect(() => file.datasetsBelow(group)).toThrow(/holds itself/);
  });

  it("B-tree nodes that are each other's children are no endless work", async () => {
    const bytes = withChange("tokens.h5", (view, all) => {
      const nodes = findAll(all, "TREE");
      for (const node of nodes) {
        view.setUint8(node + 5, 2);
        view.setUint16(node + 6, 0xffff, true);
        for (let at = node + 24; at + 16 < all.length && at < node + 500; at += 16) {
          view.setBigUint64(at + 8, BigInt(nodes[0]), true);
        }
      }
    });
    await expectRefused(() => h5(bytes), /HDF5|damaged/);
  });

  it("a wide tree over one node, made large, ends", async () => {
    // A level 1 node with 40,000 children, each the same level 0 node with 40,000 entries.
    const small = bytesOf("small.h5");
    const bytes = new Uint8Array(2_000_000);
    bytes.set(small);
    const view = new DataView(bytes.buffer);
    const [first] = findAll(small, "TREE");
    const inner = 700_000;
    const leaf = 1_300_000;
    const write = (at: number, level: number, child: number) => {
      bytes.set(small.subarray(first, first + 24), at);
      view.setUint8(at + 5, level);
      view.setUint16(at + 6, 35_000, true);
      for (let i = 0; i < 35_000; i++) view.setBigUint64(at + 32 + 16 * i, BigInt(child), true);
    };
    write(inner, 1, leaf);
    write(leaf, 0, 0);
    // The root's B-tree is at a place that its symbol table message and its cached entry name.
    for (let at = 0; at < small.length; at += 8) {
      if (view.getBigUint64(at, true) === BigInt(first)) view.setBigUint64(at, BigInt(inner), true);
    }
    await expectRefused(() => h5(bytes), /each part to be read once/);
  });

  it("a giant shape is not believed", async () => {
    const bytes = withChange("small.h5", (view, all) => {
      // The dataspace of the kernel, [2, 9]: two sizes of eight bytes.
      for (let at = 0; at + 16 <= all.length; at += 8) {
        if (view.getBigUint64(at, true) === 2n && view.getBigUint64(at + 8, true) === 9n) {
          view.setBigUint64(at, 2n ** 40n, true);
        }
      }
    });
    await expectRefused(() => h5(bytes), /shape \[1099511627776, 9\]/);
  });

  it("chunks that unpack to more than they say are refused", async () => {
    const bytes = withChange("small-chunked.h5", (view, all) => {
      // Chunks of [2, 2]: their sizes in the layout message, four bytes each, and the size of an element.
      for (let at = 0; at + 12 <= all.length; at++) {
        if (
          view.getUint32(at, true) === 2 &&
          view.getUint32(at + 4, true) === 2 &&
          view.getUint32(at + 8, true) === 4
        ) {
          view.setUint32(at, 60_000, true);
          view.setUint32(at + 4, 60_000, true);
        }
      }
    });
    await expectRefused(() => h5(bytes), /chunks of 3600000000 numbers/);
  });

  it("the blocks of a header may not lead to each other", async () => {
    const bytes = withChange("small-latest.h5", (view, all) => {
      for (const header of findAll(all, "OHDR")) {
        // The first message becomes a continuation of 16 bytes that leads to itself.
        const flags = view.getUint8(header + 5);
        const first = header + 6 + (flags & 32 ? 16 : 0) + (1 << (flags & 3));
        view.setUint8(first, 16);
        view.setUint16(first + 1, 16, true);
        view.setBigUint64(first + 4, BigInt(first - 4), true);
        view.setBigUint64(first + 12, 24n, true);
      }
    });
    await expectRefused(() => h5(bytes), /header at \d+ is damaged/);
  });

  it.each([0, 8, 9, 48, 95, 96, 2000])("a file of its first %i bytes is refused", async (length) => {
    await expectRefused(() => h5(bytesOf("small.h5").slice(0, length)), /expected an HDF5 file/);
  });
});

describe("hostile .keras", () => {
  const parts = {
    "metadata.json": encode({ keras_version: "3.15.1" }),
    "config.json": new TextEncoder().encode(textOf("tokens.json")),
    "model.weights.h5": bytesOf("tokens.weights.h5"),
  };
  const pack = (changed: Record<string, Uint8Array>) =>
    readV3({ name: "x.keras", bytes: zipSync({ ...parts, ...changed }) });

  it("is sound before it is damaged", async () => {
    expect((await pack({})).parts.every(({ refusal }) => refusal === null)).toBe(true);
  });

  it("a zip bomb is refused before it is unpacked", async () => {
    await expectRefused(() => pack({ "model.weights.h5": new Uint8Array(2 ** 26) }), /at most \d+ bytes more/);
  });

  it("a configuration nested without end is refused", async () => {
    const deep = `${'{"class_name":"Sequential","config":{"layers":['.repeat(20_000)}${"]}}".repeat(20_000)}`;
    await expectRefused(() => pack({ "config.json": new TextEncoder().encode(deep) }), /expected|layer/);
  });

  it("a model inside a model and an unknown layer are refused by name, and the others are there", async () => {
    const model = JSON.parse(textOf("stack.json"));
    model.config.layers[3] = { class_name: "Sequential", config: { name: "inside", layers: [] } };
    model.config.layers[4].class_name = "Evil";
    const { parts: found } = await readH5(
      { name: "x.h5", bytes: bytesOf("stack.h5") },
      { config: JSON.stringify(model) },
    );
    expect(found.map(({ refusal }) => refusal).filter((refusal) => refusal !== null)).toEqual([
      "inside: is of the class Sequential, which congruent does not have",
      "bidirectional: is of the class Evil, which congruent does not have",
    ]);
    expect(found[4].parameters).toBe(84);
  });

  it("too many layers are refused", async () => {
    const layers = Array.from({ length: 50_000 }, (_, i) => ({ class_name: "Dropout", config: { name: `d${i}` } }));
    await expectRefused(
      () => pack({ "config.json": encode({ class_name: "Sequential", config: { layers } }) }),
      /at most 2000 layers/,
    );
  });

  it("weights that the configuration does not have are not left out silently", async () => {
    const model = JSON.parse(textOf("tokens.json"));
    model.config.layers = model.config.layers.filter((layer: { class_name: string }) => layer.class_name !== "Dense");
    await expectRefused(() => pack({ "config.json": encode(model) }), /layers\/dense has weights/);
  });
});

it("a TF.js manifest of many shards is refused before they are asked for", async () => {
  let asked = 0;
  const weightsManifest = [{ paths: Array.from({ length: 20_000 }, (_, i) => `${i}.bin`), weights: [] }];
  const bytes = encode({ modelTopology: { class_name: "Sequential", config: { layers: [] } }, weightsManifest });
  const beside = async () => {
    asked++;
    return new Uint8Array();
  };
  await expectRefused(() => readTfjs({ name: "model.json", bytes, beside }), /at most 10000 shards/);
  expect(asked).toBe(0);
});
