import { describe, expect, it } from "vitest";
import type { PickleRules } from "../../src/convert/pickle/machine.ts";
import { unpickle } from "../../src/convert/pickle/unpickle.ts";
import { PickleDict, PickleGlobal, type PickleSet, PickleTuple } from "../../src/convert/pickle/values.ts";

const rules: PickleRules = {
  globals: { "ours.make": { call: (args) => [...args] }, "ours.name": {} },
  persistent: (id) => new PickleTuple(["persistent", id]),
  build: (target) => target instanceof PickleDict,
  advice: "save numbers",
};
/** Texts and bytes, one after the other, behind a protocol of 2. */
const program = (...parts: (string | number)[]): Uint8Array =>
  Uint8Array.from([0x80, 2, ...parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part)] : [part]))]);
const read = (...parts: (string | number)[]) => unpickle(program(...parts), rules, "x.pkl");

describe("unpickle", () => {
  it("reads numbers, texts and containers of every width", () => {
    // json.loads-like content of python3: pickle.dumps([...], protocol=2)
    expect(read("]q", 0, "(K", 255, "M", 1, 2, "J", 255, 255, 255, 255, "N", 0x88, 0x89, "e.")).toEqual([
      255,
      513,
      -1,
      null,
      true,
      false,
    ]);
    expect(read(0x8a, 2, 0, 128, ".")).toBe(-32768);
    expect(read(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 64, ".")).toBe(2n ** 70n);
    expect(read(0x8a, 0, ".")).toBe(0);
    expect(read("G", 0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a, ".")).toBe(0.1);
    expect(read("X", 3, 0, 0, 0, "é!", ".")).toBe("é!");
    expect(read(0x8c, 1, "a", 0x94, 0x8c, 1, "b", 0x94, 0x86, "."), "SHORT_BINUNICODE, MEMOIZE").toEqual(
      new PickleTuple(["a", "b"]),
    );
    expect(read("C", 2, 7, 8, ".")).toEqual(Uint8Array.of(7, 8));
    expect(read("}X", 1, 0, 0, 0, "aK", 1, "s.")).toEqual(new PickleDict([["a", 1]]));
    expect(read("(K", 1, "K", 2, "K", 3, "K", 4, "t.")).toEqual(new PickleTuple([1, 2, 3, 4]));
    expect((read(0x8f, "(K", 1, "K", 2, 0x90, ".") as PickleSet).items).toEqual([1, 2]);
    expect((read("(K", 1, 0x91, ".") as PickleSet).items).toEqual([1]);
    expect(read(0x95, 0, 0, 0, 0, 0, 0, 0, 0, "K", 1, ".")).toBe(1);
  });

  it("calls what is on the list, and nothing else", () => {
    expect(read("cours\nmake\nK", 1, "K", 2, 0x86, "R.")).toEqual([1, 2]);
    expect(read("cours\nmake\n)", 0x81, ".")).toEqual([]);
    expect(read("cours\nname\n.")).toBeInstanceOf(PickleGlobal);
    expect(read("K", 5, "Q.")).toEqual(new PickleTuple(["persistent", 5]));
  });

  it("keeps keys that JavaScript objects would take for their own", () => {
    const dict = read("}X", 9, 0, 0, 0, "__proto__", "K", 1, "s.") as PickleDict;
    expect([...dict]).toEqual([["__proto__", 1]]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("lets a list hold itself", () => {
    const list = read("]q", 0, "h", 0, "a.") as unknown[];
    expect(list[0]).toBe(list);
  });

  it.each([
    [
      "os.system",
      ["cos\nsystem\nX", 2, 0, 0, 0, "ls", 0x85, "R."],
      "expected no code, got the Python object os.system; save",
    ],
    ["posix.system", ["cposix\nsystem\n."], "the Python object posix.system"],
    ["builtins.eval", ["c__builtin__\neval\n."], "the Python object __builtin__.eval"],
    ["a global by STACK_GLOBAL", [0x8c, 2, "os", 0x8c, 6, "system", 0x93, "."], "the Python object os.system"],
    ["a global that hides in a path", ["cours.make\n__globals__\n."], "the Python object ours.make.__globals__"],
    ["a name of JavaScript's", ["cconstructor\nprototype\n."], "the Python object constructor.prototype"],
    [
      "a call of what may only be named",
      ["cours\nname\n)R."],
      "no calls but those that make tensors, got one of ours.name",
    ],
    ["a call of a text", ["X", 1, 0, 0, 0, "f)R."], 'got one of "f"'],
    ["a call without a tuple", ["cours\nmake\nK", 1, "R."], "expected a tuple of arguments, got 1"],
    [
      "an object with a state",
      ["](K", 1, "eNb."],
      "expected no object with a state, got one for a list of 1; save numbers",
    ],
    ["INST", ["(ios\nsystem\n."], "opcode 0x69"],
    ["OBJ", ["(cours\nmake\no."], "opcode 0x6f"],
    ["NEWOBJ_EX", ["cours\nmake\n)}", 0x92, "."], "opcode 0x92"],
    ["an extension code", [0x82, 1, "."], "opcode 0x82"],
    ["a persistent id of protocol 0", ["P0\n."], "opcode 0x50"],
    ["a number of protocol 0", ["I1\n."], "opcode 0x49"],
    ["protocol 6", [0x80, 6, "N."], "expected protocol 2 to 5, got 6"],
    ["an empty stack", ["."], "expected a value on the stack, got none"],
    ["a mark for a value", ["(."], "expected a value on the stack, got none"],
    ["a tuple without a mark", ["K", 1, "t."], "expected a mark on the stack, got none"],
    ["what was never remembered", ["h", 7, "."], "expected a value that was remembered, got number 7"],
    ["an item of no list", ["K", 1, "K", 2, "a."], "expected a list, got 1"],
    ["an item of no dict", ["]K", 1, "K", 2, "s."], "expected a dict"],
    ["a key without a value", ["}(K", 1, "u."], "expected a dict, and pairs"],
    ["no end", ["K", 1], "expected 1 bytes more, got 0 until the end"],
    ["a text beyond the end", ["X", 255, 255, 255, 255, "a."], "expected 4294967295 bytes more"],
    ["a text far beyond the end", [0x8d, 0, 0, 0, 0, 0, 0, 0, 128, "a."], "bytes more"],
    ["a text that is not UTF-8", ["X", 1, 0, 0, 0, 255, "."], "expected a text in UTF-8"],
    ["a line without an end", ["cos"], "expected the end of a line"],
    ["a giant number", [0x8b, 255, 255, 255, 127, "."], "expected whole numbers of at most 32 bytes"],
  ])("refuses %s", (_, parts, message) => {
    expect(() => read(...(parts as (string | number)[]))).toThrow(
      expect.objectContaining({ name: "CongruentError", message: expect.stringContaining(message as string) }),
    );
  });

  it("bounds objects and instructions", () => {
    expect(() => read("]".repeat(300_000), ".")).toThrow("expected at most 250000 objects, got more");
    expect(() => read("N0".repeat(600_000), ".")).toThrow("expected at most 1000000 instructions, got more");
  });

  it("does not mind depth", () => {
    const deep = read("]".repeat(100_000), "a".repeat(99_999), ".");
    expect(deep).toHaveLength(1);
  });
});
