import { readFileSync } from "node:fs";
import * as core from "congruent/core";
import * as reference from "congruent/reference";
import { afterEach, describe, expect, it, vi } from "vitest";
import { CongruentError } from "../src/errors.ts";
import { kernelEngine } from "../src/kernel/engine.ts";
import { ANSWER, findFault, runSelfTest } from "../src/kernel/self-test.ts";
import type { EngineFactory } from "../src/model/engine.ts";
import { engines } from "./engines.ts";
import { gruOptions } from "./stacks.ts";

const bytes = readFileSync(new URL("../build/gru.wasm", import.meta.url));
const text = readFileSync(new URL("../build/gru.wat", import.meta.url), "utf8");

/**
 * What an engine might do instead of each vector instruction of the module: name → its opcode, and that of another with
 * the same operands. Loads, stores, constants, splats and bitselect have no such twin.
 */
// biome-ignore format: a table
const twins: Record<string, [opcode: number[], instead: number[]]> = {
  "f32x4.add": [[0xe4, 1], [0xe5, 1]],
  "f32x4.sub": [[0xe5, 1], [0xe4, 1]],
  "f32x4.mul": [[0xe6, 1], [0xe4, 1]],
  "f32x4.div": [[0xe7, 1], [0xe6, 1]],
  "f32x4.pmin": [[0xea, 1], [0xeb, 1]],
  "f32x4.pmax": [[0xeb, 1], [0xea, 1]],
  "f32x4.abs": [[0xe0, 1], [0xe1, 1]],
  "f32x4.neg": [[0xe1, 1], [0xe0, 1]],
  "f32x4.lt": [[0x43], [0x44]],
  "f32x4.le": [[0x45], [0x46]],
  "f32x4.ge": [[0x46], [0x45]],
  "i32x4.shl": [[0xab, 1], [0xad, 1]],
  "i32x4.shr_s": [[0xac, 1], [0xab, 1]],
  "i32x4.sub": [[0xb1, 1], [0xae, 1]],
  "v128.and": [[0x4e], [0x50]],
  "v128.andnot": [[0x4f], [0x4e]],
  "v128.or": [[0x50], [0x4e]],
  "v128.xor": [[0x51], [0x50]],
  "v128.load32_splat": [[0x09], [0x5c]],
};
const twinless = ["v128.load", "v128.store", "v128.const", "v128.bitselect", "f32x4.splat"];
const used = [...new Set(text.match(/\b(?:v128|[if]\d+x\d+)\.\w+/g))];

/** The module as an engine would run it that does something else for one instruction. */
function misread(name: string, instead: number[], prefix = 0xfd): Uint8Array<ArrayBuffer> {
  const opcode = [0xfd, ...twins[name][0]];
  const broken = Uint8Array.from(bytes);
  let count = 0;
  for (let at = bytes.indexOf(0xfd); at >= 0; at = bytes.indexOf(0xfd, at + 1)) {
    if (!opcode.every((byte, i) => bytes[at + i] === byte)) continue;
    broken.set([prefix, ...instead], at);
    count++;
  }
  // That nothing else looked like it, and that all were found.
  expect(count, name).toBe(text.match(new RegExp(`\\b${name.replace(".", "\\.")}(?!\\w)`, "g"))?.length);
  return broken;
}

const broken = misread("f32x4.mul", [0xe4, 1]);
const layers = () => [core.gru(gruOptions(2, 3))];
const input = [[[1, -0.5]]];
const right = reference.createModel(layers()).run(input).outputs.data;

describe("the self-test", () => {
  it.each(engines)("has its answer from the %s engine", (_, engine) => {
    expect(runSelfTest(engine)).toBe(ANSWER);
    expect(findFault(engine)).toBeNull();
  });

  it("knows every vector instruction of the module", () => {
    expect(used.filter((name) => !(name in twins)).sort()).toEqual(twinless.sort());
  });

  it.each(Object.keys(twins))("finds an engine that computes %s wrongly", (name) => {
    const module = new WebAssembly.Module(misread(name, twins[name][1]));
    expect(findFault(kernelEngine(() => module))?.message).toMatch(
      new RegExp(`WebAssembly computes wrongly: expected ${ANSWER}, got -?\\d+$`),
    );
  });

  it("has no NaN in its answer, whose bits an engine may choose", () => {
    const outputs: number[] = [];
    const createEngine: EngineFactory = (stack) => {
      const engine = kernelEngine(() => new WebAssembly.Module(bytes))(stack);
      return {
        ...engine,
        run(batch, results) {
          engine.run(batch, results);
          outputs.push(...results.outputs);
        },
      };
    };
    expect(runSelfTest(createEngine)).toBe(ANSWER);
    expect(outputs.length).toBeGreaterThan(0);
    expect(outputs.filter(Number.isNaN)).toEqual([]);
  });

  it("finds an engine that traps", () => {
    // In place of each division: unreachable, nop, nop.
    const module = new WebAssembly.Module(misread("f32x4.div", [0x01, 0x01], 0x00));
    expect(findFault(kernelEngine(() => module))?.message).toMatch(/expected \d+, got RuntimeError: unreachable$/);
  });

  it("leaves other errors alone", () => {
    const engine = () => {
      throw new CongruentError("memory", "no room");
    };
    expect(() => findFault(engine)).toThrow("no room");
  });
});

describe("an engine that computes wrongly", () => {
  afterEach(() => {
    core.onWarning(null);
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  it("is an error where there is no fallback, every time", () => {
    const { createModel } = core.createKernel(broken);
    for (let i = 0; i < 2; i++) expect(() => createModel(layers())).toThrow(/computes wrongly/);
  });

  it("warns once, and its models run on the fallback", async () => {
    const warnings: CongruentError[] = [];
    expect(core.onWarning((warning) => warnings.push(warning))).toBeNull();
    const { createModel } = await core.loadKernel(Promise.resolve(broken), { fallback: reference });
    for (let i = 0; i < 2; i++) expect(createModel(layers()).run(input).outputs.data).toEqual(right);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toBeInstanceOf(core.CongruentError);
    expect(warnings[0].code).toBe("wasm");
  });

  it("warns on the console unless told otherwise", () => {
    const toConsole = vi.spyOn(console, "warn").mockImplementation(() => {});
    core.createKernel(broken, { fallback: reference }).createModel(layers());
    expect(toConsole.mock.calls).toEqual([[expect.stringMatching(/^CongruentError: WebAssembly computes wrongly/)]]);
  });

  it("does without a console", () => {
    vi.stubGlobal("console", undefined);
    const model = core.createKernel(broken, { fallback: reference }).createModel(layers());
    vi.unstubAllGlobals();
    expect(model.run(input).outputs.data).toEqual(right);
  });

  it("is an error, every time, once the handler throws", () => {
    const handler = (warning: CongruentError) => {
      throw warning;
    };
    core.onWarning(handler);
    const { createModel } = core.createKernel(broken, { fallback: reference });
    for (let i = 0; i < 2; i++) expect(() => createModel(layers())).toThrow(core.CongruentError);
    expect(core.onWarning(null)).toBe(handler);
  });

  it("is never asked to compute by the default entry", async () => {
    const { Module } = WebAssembly;
    vi.stubGlobal("WebAssembly", {
      ...Object.fromEntries(Object.getOwnPropertyNames(WebAssembly).map((key) => [key, WebAssembly[key as never]])),
      Module: class extends Module {
        constructor() {
          super(broken);
        }
      },
    });
    const warnings: string[] = [];
    const congruent = await import("congruent");
    congruent.onWarning(({ message }) => warnings.push(message));
    expect(congruent.createModel(layers()).run(input).outputs.data).toEqual(right);
    expect(warnings).toEqual([expect.stringContaining("computes wrongly")]);
  });

  it("refuses a fallback that is none", () => {
    for (const [options, message] of [
      [{ fallback: {} }, /createKernel.fallback: expected an object with createModel, got Object/],
      [{ fallback: null }, /got null/],
      [{ fallBack: reference }, /createKernel: expected one of fallback, got "fallBack"/],
      [null, /expected options, got null/],
    ] as [never, RegExp][]) {
      expect(() => core.createKernel(bytes, options)).toThrow(message);
    }
  });
});

describe("createKernel", () => {
  it("refuses what is neither bytes nor a module, and bytes of another module", () => {
    for (const [source, given] of [
      [undefined, "undefined"],
      [null, "null"],
      ["gru.wasm", '"gru.wasm"'],
      [[0, 97, 115, 109], "Array(4)"],
      [Promise.resolve(bytes), "Promise"],
    ] as [never, string][]) {
      expect(() => core.createKernel(source)).toThrow(
        expect.objectContaining({
          code: "wasm",
          message: `source: expected bytes or a WebAssembly.Module, got ${given}`,
        }),
      );
    }
    for (const source of [bytes.subarray(0, 100), new Uint8Array(0), new ArrayBuffer(8)]) {
      expect(() => core.createKernel(source)).toThrow(/^WebAssembly: expected congruent's module .*CompileError/s);
    }
    const another = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
    expect(() => core.createKernel(another).createModel(layers())).toThrow(/^WebAssembly: .*TypeError/s);
  });
});

describe("onWarning", () => {
  it("takes a function or null", () => {
    expect(() => core.onWarning("error" as never)).toThrow(/onWarning: expected a function or null, got "error"/);
  });
});
