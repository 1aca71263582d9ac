import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { ZipArchive } from "../../src/convert/zip/archive.ts";
import { crc32 } from "../../src/convert/zip/crc32.ts";

const text = strToU8("a text, a text, a text, a text, a text");
const sound = zipSync({
  "a.txt": [text, { level: 9 }],
  "b/c.bin": [Uint8Array.of(1, 2, 3), { level: 0 }],
  "empty.txt": [new Uint8Array(), { level: 0 }],
});
const end = sound.length - 22;
const central = new DataView(sound.buffer).getUint32(end + 16, true);

/** The sound archive with numbers written over it. */
function changed(...changes: [at: number, width: 1 | 2 | 4, value: number][]): Uint8Array {
  const bytes = sound.slice();
  const view = new DataView(bytes.buffer);
  for (const [at, width, value] of changes) {
    if (width === 4) view.setUint32(at, value, true);
    else if (width === 2) view.setUint16(at, value, true);
    else view.setUint8(at, value);
  }
  return bytes;
}

describe("ZipArchive", () => {
  it("reads what fflate wrote", () => {
    const archive = new ZipArchive(sound, "x.zip");
    expect(archive.names).toEqual(["a.txt", "b/c.bin", "empty.txt"]);
    expect(archive.read("a.txt")).toEqual(text);
    expect([archive.has("b/c.bin"), archive.has("b"), archive.size("a.txt")]).toEqual([true, false, text.length]);
    expect(archive.read("b/c.bin")).toEqual(Uint8Array.of(1, 2, 3));
    expect(archive.read("empty.txt")).toEqual(new Uint8Array());
  });

  it("reads behind a comment, and inside a larger buffer", () => {
    const comment = Uint8Array.from([...changed([end + 20, 2, 3]), 1, 2, 3]);
    expect(new ZipArchive(comment, "x.zip").read("a.txt")).toEqual(text);
    const larger = Uint8Array.from([9, 9, 9, ...sound, 9]).subarray(3, -1);
    expect(new ZipArchive(larger, "x.zip").read("a.txt")).toEqual(text);
  });

  it("takes a CRC of 0 for none only when it is told to", () => {
    const uncounted = changed([central + 16, 4, 0]);
    expect(new ZipArchive(uncounted, "x.zip", { zeroCrc: true }).read("a.txt")).toEqual(text);
    expect(() => new ZipArchive(uncounted, "x.zip").read("a.txt")).toThrow("their CRC-32 differs");
  });

  it.each([
    ["nothing", new Uint8Array(), "a zip file"],
    ["another file", new Uint8Array(100), "a zip file"],
    ["a file cut at its end", sound.subarray(0, -1), "a zip file"],
    ["a file cut at its front", sound.subarray(1), "a directory that ends at byte"],
    ["a directory elsewhere", changed([end + 16, 4, central - 1]), "a directory that ends at byte"],
    ["a directory of another size", changed([end + 12, 4, 1]), "a directory that ends at byte"],
    ["fewer entries than there are", changed([end + 8, 2, 2], [end + 10, 2, 2]), "a directory of"],
    ["more entries than there are", changed([end + 8, 2, 4], [end + 10, 2, 4]), "an entry of the directory"],
    ["a part of several", changed([end + 4, 2, 1]), "a part of a split archive"],
    ["a name beyond the directory", changed([central + 28, 2, 0xffff]), "an entry inside the directory"],
    ["a name that is not UTF-8", changed([central + 46, 1, 0xff]), "a name in UTF-8"],
    ["encryption", changed([central + 8, 2, 1]), "no encryption"],
    ["bzip2", changed([central + 10, 2, 12]), 'method 12 for "a.txt"'],
    ["another compression in the header", changed([8, 2, 0]), "one compression"],
    ["another name in the header", changed([30, 1, 98]), "one name"],
    ["a header elsewhere", changed([central + 42, 4, 1]), "a header at byte 1"],
    ["a header beyond the end", changed([central + 42, 4, 0x7fffffff]), "a header at byte"],
    ["bytes beyond the directory", changed([central + 20, 4, 0xffff]), "bytes before the directory"],
    ["zip64 sizes that are not there", changed([central + 20, 4, 0xffffffff]), "sizes in a zip64 field"],
    [
      "an entry inside another",
      changed([central + 20, 4, new DataView(sound.buffer).getUint32(central + 20, true) + 10]),
      "b/c.bin inside a.txt",
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => new ZipArchive(bytes as Uint8Array, "x.zip")).toThrow(
      expect.objectContaining({ name: "CongruentError", message: expect.stringContaining(message as string) }),
    );
  });

  it("refuses the same name twice", () => {
    const archive = zipSync({ "a.txt": text, "b.txt": text });
    for (let at = 0; at < archive.length - 4; at++) {
      if (archive[at] === 98 && archive[at + 1] === 46) archive[at] = 97;
    }
    expect(() => new ZipArchive(archive, "x.zip")).toThrow('expected names that differ, got "a.txt" twice');
  });

  it.each([
    ["a byte that changed", changed([35, 1, sound[35] ^ 0x10]), "a.txt"],
    ["a size that is too small", changed([central + 24, 4, text.length - 1]), "a.txt"],
    ["a size that is too large", changed([central + 24, 4, text.length + 1]), "a.txt"],
    ["a size of a giant", changed([central + 24, 4, 0x7fffffff]), "at most"],
    ["another CRC", changed([central + 16, 4, 1]), "their CRC-32 differs"],
  ])("refuses %s when it is read", (_, bytes, message) => {
    const archive = new ZipArchive(bytes as Uint8Array, "x.zip");
    expect(() => archive.read("a.txt")).toThrow(
      expect.objectContaining({
        name: "CongruentError",
        code: "file",
        message: expect.stringContaining(message as string),
      }),
    );
  });

  it("refuses a bomb before it inflates", () => {
    const bomb = zipSync({ zeros: new Uint8Array(20_000_000) });
    expect(bomb.length).toBeLessThan(50_000);
    const archive = new ZipArchive(bomb, "x.zip");
    expect(() => archive.read("zeros")).toThrow("bytes more in this file, got 20000000");
  });

  it("refuses a bomb of many entries", () => {
    const zeros = new Uint8Array(9_000_000);
    const archive = new ZipArchive(zipSync({ one: zeros, two: zeros }), "x.zip");
    expect(archive.read("one").length).toBe(9_000_000);
    expect(() => archive.read("two")).toThrow("bytes more in this file");
  });

  it("says which entry is not there", () => {
    expect(() => new ZipArchive(sound, "x.zip").read("z")).toThrow("x.zip: expected an entry z, got none");
  });
});

describe("crc32", () => {
  it("is zlib's", () => {
    expect(crc32(strToU8("123456789"))).toBe(0xcbf43926);
    expect(crc32(Uint8Array.from({ length: 256 }, (_, byte) => byte))).toBe(0x29058c73);
    expect(crc32(new Uint8Array())).toBe(0);
  });
});
