import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CongruentError } from "../../src/errors.ts";
import { toHalf } from "../../src/format/half.ts";
import { readSafetensors, type StoredTensor } from "../../src/format/safetensors.ts";
import { widen } from "../../src/format/widen.ts";
import { writeSafetensors } from "../../src/format/write-safetensors.ts";

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));

/** What `fixtures/make.py` recorded: numbers as the bits of an f32. */
const recorded: {
  tensors: Record<string, { shape: number[]; bits: number[] }>;
  half: { from: number[]; to: number[] };
} = JSON.parse(Buffer.from(fixture("library.json")).toString());

const bitsOf = (data: Float32Array): number[] => [...new Uint32Array(data.buffer, data.byteOffset, data.length)];
const floatsOf = (bits: readonly number[]): Float32Array => new Float32Array(Uint32Array.from(bits).buffer);

describe("a file of the safetensors library", () => {
  const file = readSafetensors(fixture("library.safetensors"));

  it("has the metadata that were written", () => {
    expect(file.metadata).toEqual({ format: "pt", note: 'ünïcode "quoted"' });
  });

  it.each(Object.entries(recorded.tensors))("gives %s", (name, { shape, bits }) => {
    const tensor = widen(file.tensors.get(name) as StoredTensor, name);
    expect(tensor.shape).toEqual(shape);
    // NaN is NaN, whatever its bits.
    expect(tensor.data).toEqual(floatsOf(bits));
    expect(bitsOf(tensor.data).map((bit, i) => (Number.isNaN(tensor.data[i]) ? 0 : bit))).toEqual(
      bits.map((bit, i) => (Number.isNaN(tensor.data[i]) ? 0 : bit)),
    );
  });

  it("refuses numbers that are not floats, by name", () => {
    const tensor = file.tensors.get("ids") as StoredTensor;
    expect(tensor).toMatchObject({ dtype: "I64", shape: [3] });
    expect(() => widen(tensor, "ids")).toThrow("ids: expected dtype F32, F16 or BF16, got I64");
  });

  it("is written again to the same tensors", () => {
    const again = readSafetensors(writeSafetensors(file));
    expect(again.metadata).toEqual(file.metadata);
    expect(new Map([...again.tensors].sort())).toEqual(new Map([...file.tensors].sort()));
  });

  it("is read from bytes that are not aligned", () => {
    const bytes = fixture("library.safetensors");
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(readSafetensors(shifted.subarray(3))).toEqual(file);
  });
});

describe("f16", () => {
  it("is rounded to as NumPy rounds", () => {
    expect(Array.from(floatsOf(recorded.half.from), toHalf)).toEqual(recorded.half.to);
  });

  it("is an f32 and back again the same, every one of them", () => {
    const halves = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
    const { data } = widen({ dtype: "F16", shape: [2 ** 16], bytes: new Uint8Array(halves.buffer) }, "all");
    for (let i = 0; i < halves.length; i++) {
      if (Number.isNaN(data[i])) expect(i & 0x7fff).toBeGreaterThan(0x7c00);
      else if (toHalf(data[i]) !== i) expect(toHalf(data[i])).toBe(i);
    }
  });
});

/** A file of a header as it is written here, and so many bytes of data. */
function fileOf(header: string | Uint8Array, dataSize = 0, headerSize?: bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + text.length + dataSize);
  new DataView(file.buffer).setBigUint64(0, headerSize ?? BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

const entry = (begin: number, end: number, shape: unknown = [(end - begin) / 4], dtype: unknown = "F32"): string =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

describe("hostile files", () => {
  // biome-ignore format: a table
  const bad: [what: string, file: Uint8Array, message: RegExp][] = [
    ["nothing", new Uint8Array(0), /8 bytes at least, got 0/],
    ["seven bytes", new Uint8Array(7), /8 bytes at least, got 7/],
    ["a header beyond the end", fileOf("{}", 0, 3n), /size of the header: expected at most 2, got 3/],
    ["a header of 2³²", fileOf("{}", 0, 2n ** 32n), /got 4294967296/],
    ["a header of 2⁶⁴ - 1", fileOf("{}", 0, 2n ** 64n - 1n), /got 18446744073709552000/],
    ["no header", fileOf(""), /header: expected JSON/],
    ["a header that is no JSON", fileOf("{a:1}"), /header: expected JSON/],
    ["text behind the JSON", fileOf("{} x"), /header: expected JSON/],
    ["a byte order mark", fileOf("\ufeff{}"), /header: expected JSON/],
    ["an array", fileOf("[]"), /header: expected an object, got Array\(0\)/],
    ["null", fileOf("null"), /header: expected an object, got null/],
    ["bytes that are not UTF-8", fileOf(Uint8Array.of(123, 34, 0xff, 34, 58, 49, 125)), /header: expected UTF-8/],
    ["overlong UTF-8", fileOf(Uint8Array.of(123, 34, 0xc0, 0xaf, 34, 58, 49, 125)), /header: expected UTF-8/],
    ["a surrogate in UTF-8", fileOf(Uint8Array.of(34, 0xed, 0xa0, 0x80, 34)), /header: expected UTF-8/],
    ["one tensor twice", fileOf(`{"a":${entry(0, 4)},"a":${entry(0, 4)}}`, 4), /every key once/],
    ["one tensor twice, once escaped", fileOf(`{"a":${entry(0, 4)},"\\u0061":${entry(0, 4)}}`, 4), /every key once/],
    ["one key of an entry twice", fileOf(`{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4), /every key once/],
    ["metadata twice", fileOf(`{"__metadata__":{},"__metadata__":{}}`), /every key once/],
    ["nesting", fileOf(`{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`), /at most 16 levels/],
    ["metadata that are no object", fileOf(`{"__metadata__":[]}`), /__metadata__: expected an object/],
    ["metadata that are null", fileOf(`{"__metadata__":null}`), /__metadata__: expected an object, got null/],
    ["metadata that are no text", fileOf(`{"__metadata__":{"a":1}}`), /__metadata__.a: expected a text, got 1/],
    ["an entry that is no object", fileOf(`{"a":1}`), /tensor a: expected an object/],
    ["an entry without dtype", fileOf(`{"a":{"shape":[],"data_offsets":[0,4]}}`, 4), /dtype, shape and data_offsets/],
    ["an entry with more", fileOf(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":0}}`, 4), /dtype, shape and data_offsets/],
    ["an unknown dtype", fileOf(`{"a":${entry(0, 4, [1], "F31")}}`, 4), /tensor a: expected dtype BOOL.*"F31"/],
    ["a dtype of every object", fileOf(`{"a":${entry(0, 4, [1], "toString")}}`, 4), /expected dtype/],
    ["a dtype that is no text", fileOf(`{"a":${entry(0, 4, [1], 4)}}`, 4), /expected dtype/],
    ["a shape that is no array", fileOf(`{"a":${entry(0, 4, 1)}}`, 4), /dtype, shape and data_offsets/],
    ["a negative size", fileOf(`{"a":${entry(0, 4, [-1])}}`, 4), /dtype, shape and data_offsets/],
    ["a fractional size", fileOf(`{"a":${entry(0, 4, [0.5])}}`, 4), /dtype, shape and data_offsets/],
    ["a size beyond 2⁵³", fileOf(`{"a":{"dtype":"F32","shape":[9007199254740992],"data_offsets":[0,4]}}`, 4), /dtype, shape and data_offsets/],
    ["a product beyond 2⁶⁴", fileOf(`{"a":${entry(0, 4, [2 ** 40, 2 ** 40])}}`, 4), /bytes for/],
    ["a product of 0 and too much", fileOf(`{"a":${entry(0, 4, [0, 2 ** 52, 2 ** 52])}}`, 4), /expected 0 bytes for/],
    ["a product of infinity and 0", fileOf(`{"a":${entry(0, 0, [...new Array(40).fill(2 ** 52), 0])}}`), /expected NaN bytes/],
    ["a shape larger than the data", fileOf(`{"a":${entry(0, 4, [2])}}`, 4), /expected 8 bytes for \[2\], got 4/],
    ["an offset that is no number", fileOf(`{"a":{"dtype":"F32","shape":[1],"data_offsets":["0",4]}}`, 4), /data_offsets/],
    ["three offsets", fileOf(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}`, 4), /data_offsets/],
    ["offsets the wrong way round", fileOf(`{"a":${entry(4, 0, [1])}}`, 4), /expected an end from 4 to 4, got 0/],
    ["an end beyond the file", fileOf(`{"a":${entry(0, 8)}}`, 4), /expected an end from 0 to 4, got 8/],
    ["a hole at the beginning", fileOf(`{"a":${entry(4, 8)}}`, 8), /tensor a: expected data from 0 on, got from 4/],
    ["a hole between", fileOf(`{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, 12), /tensor b: expected data from 4 on, got from 8/],
    ["an overlap", fileOf(`{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, 12), /tensor b: expected data from 8 on, got from 4/],
    ["the same bytes twice", fileOf(`{"a":${entry(0, 4)},"b":${entry(0, 4)}}`, 4), /expected data from 4 on, got from 0/],
    ["bytes behind the tensors", fileOf(`{"a":${entry(0, 4)}}`, 5), /expected 4 bytes of tensors, got 5/],
    ["bytes without tensors", fileOf("{}", 1), /expected 0 bytes of tensors, got 1/],
  ];
  it.each(bad)("refuse %s", (_, file, message) => {
    expect(() => readSafetensors(file)).toThrow(CongruentError);
    expect(() => readSafetensors(file)).toThrow(message);
  });

  it("take no longer than their size allows: 4 MB of quotes", () => {
    const begun = performance.now();
    expect(() => readSafetensors(fileOf('"'.repeat(2 ** 22)))).toThrow(/JSON/);
    expect(() => readSafetensors(fileOf(`{"${"a".repeat(2 ** 21)}":1,"a":${"[".repeat(2 ** 20)}`))).toThrow(/JSON/);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  // biome-ignore format: a table
  const good: [what: string, file: Uint8Array, names: string[]][] = [
    ["no tensors", fileOf("{}"), []],
    ["spaces behind the JSON", fileOf("{}      "), []],
    ["tensors out of order", fileOf(`{"b":${entry(4, 8)},"a":${entry(0, 4)}}`, 8), ["a", "b"]],
    ["empty tensors between", fileOf(`{"a":${entry(0, 4)},"b":${entry(4, 4, [0])},"c":${entry(4, 8)}}`, 8), ["a", "b", "c"]],
    ["a name of every object", fileOf(`{"__proto__":${entry(0, 4)},"toString":${entry(4, 8)}}`, 8), ["__proto__", "toString"]],
    ["a name with quotes and colons", fileOf(`{"a\\":\\\\":${entry(0, 4)}}`, 4), ['a":\\']],
  ];
  it.each(good)("but not %s", (_, file, names) => {
    expect([...readSafetensors(file).tensors.keys()]).toEqual(names);
  });
});
