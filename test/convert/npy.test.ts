import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../src/convert/npz/npy.ts";

const folder = new URL("fixtures/numpy/", import.meta.url);
const bytes = (name: string): Uint8Array => readFileSync(new URL(name, folder));
const typed = readdirSync(folder).filter((name) => /-?[fiu]\d-[cf]\.npy$/.test(name));

describe("readNpy", () => {
  it.each(typed)("reads what NumPy wrote in %s", (name) => {
    expect(readNpy(bytes(name))).toEqual({ data: Float32Array.of(0, 1, 2, 3, 5, 127), shape: [2, 3] });
  });

  it("has seen 16 types in both orders", () => expect(typed.length).toBe(32));

  it("reads three axes in Fortran order, a scalar, an empty array and version 2.0", () => {
    expect(readNpy(bytes("cube-f.npy"))).toEqual({
      data: Float32Array.from({ length: 24 }, (_, i) => i),
      shape: [2, 3, 4],
    });
    expect(readNpy(bytes("scalar.npy"))).toEqual({ data: Float32Array.of(2.5), shape: [] });
    expect(readNpy(bytes("empty.npy"))).toEqual({ data: new Float32Array(), shape: [0, 3] });
    expect(readNpy(bytes("version2.npy")).shape).toEqual([2, 3]);
  });

  it("turns halves into what NumPy turns them into", () => {
    expect(readNpy(bytes("halves.npy"))).toEqual(readNpy(bytes("halves-as-f32.npy")));
  });

  it.each([
    ["objects.npy", "objects, which are a pickle: save it as numbers"],
    ["bools.npy", 'type "|b1"'],
    ["complex.npy", 'type "<c16"'],
    ["strings.npy", 'type "<U1"'],
    ["records.npy", "records, [('a', '<i4'), ('b', '<f4')]"],
    ["large.npy", "npy, element 1: expected a whole number within ±16777216 (float32 has no more), got 16777217"],
    ["overflow.npy", "npy, element 0: expected a number in float32's range, got 1e+300"],
  ])("refuses %s by name", (name, message) => {
    expect(() => readNpy(bytes(name))).toThrow(
      expect.objectContaining({
        name: "CongruentError",
        code: "unsupported",
        message: expect.stringContaining(message),
      }),
    );
  });

  const sound = bytes("le-f4-c.npy");
  const header = (dict: string): Uint8Array => {
    const text = new TextEncoder().encode(dict);
    return Uint8Array.from([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, text.length, 0, ...text]);
  };
  it.each([
    ["nothing", new Uint8Array(), "file", "begins with \\x93NUMPY"],
    ["another file", new Uint8Array(64), "file", "begins with \\x93NUMPY"],
    ["a version of the future", sound.map((byte, i) => (i === 6 ? 4 : byte)), "unsupported", "got 4.0"],
    ["a header beyond the end", sound.map((byte, i) => (i === 9 ? 255 : byte)), "file", "a header of at most 10000"],
    ["one number less", sound.subarray(0, -4), "file", "expected 24 bytes for 6 numbers, got 20"],
    ["one byte more", Uint8Array.from([...sound, 0]), "file", "expected 24 bytes for 6 numbers, got 25"],
    ["a key too many", header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}"), "file", "a dict of"],
    ["a key twice", header("{'descr': '<f4', 'shape': (1,), 'shape': (2,)}"), "file", "a dict of"],
    ["a negative size", header("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}"), "file", "a dict of"],
    [
      "no order of bytes",
      header("{'descr': '=f4', 'fortran_order': False, 'shape': (0,)}"),
      "unsupported",
      "byte order",
    ],
    [
      "a giant",
      header("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999999, 999999999999999)}"),
      "file",
      "expected 3.999999999999992e+30 bytes",
    ],
    [
      "33 axes",
      header(`{'descr': '<f4', 'fortran_order': False, 'shape': (${"1, ".repeat(33)})}`),
      "file",
      "expected a shape",
    ],
  ])("refuses %s", (_, file, code, message) => {
    expect(() => readNpy(file as Uint8Array)).toThrow(
      expect.objectContaining({ name: "CongruentError", code, message: expect.stringContaining(message) }),
    );
  });
});

describe("writeNpy", () => {
  it("writes the bytes that NumPy writes", () => {
    expect(writeNpy({ data: Float32Array.of(0, 1, 2, 3, 5, 127), shape: [2, 3] })).toEqual(
      Uint8Array.from(bytes("le-f4-c.npy")),
    );
    expect(writeNpy({ data: Float32Array.of(2.5), shape: [] })).toEqual(Uint8Array.from(bytes("scalar.npy")));
  });

  it.each([[[5]], [[1, 5]], [[0, 2]]])("is read back: %j", (shape) => {
    const tensor = { data: new Float32Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => i / 3), shape };
    expect(readNpy(writeNpy(tensor))).toEqual(tensor);
  });

  it("refuses a shape of other data", () => {
    expect(() => writeNpy({ data: new Float32Array(3), shape: [2] })).toThrow("writeNpy: expected data for shape [2]");
  });
});
