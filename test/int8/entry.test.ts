import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { writeModel } from "../../src/convert/index.ts";
import * as core from "../../src/core.ts";
import * as congruent from "../../src/index.ts";
import * as int8 from "../../src/int8/index.ts";
import { int8KernelOf } from "../../src/int8/kernel.ts";
import { findInt8Fault, INT8_ANSWER, runInt8SelfTest } from "../../src/int8/self-test.ts";
import { compile } from "../../src/kernel/instantiate.ts";
import { kernelOf } from "../../src/kernel/kernel.ts";
import * as load from "../../src/load.ts";
import * as reference from "../../src/reference/index.ts";
import { features, gruOptions } from "../stacks.ts";

const read = (file: string) => readFileSync(new URL(`../../build/${file}`, import.meta.url));
const plain = read("int8-plain.wasm");
const layers = () => int8.quantize([congruent.gru(gruOptions(3, 5))]);
const input = features(2, 4, 3);
const right = reference.createModel(layers()).run(input).outputs.data;

afterEach(() => {
  core.onWarning(null);
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe("int8 layers", () => {
  it("run in congruent/int8, in the reference, and on congruent/core with a module of int8", () => {
    expect(int8.createModel(layers()).run(input).outputs.data).toEqual(right);
    expect(core.createKernel(plain).createModel(layers()).run(input).outputs.data).toEqual(right);
  });

  it("are refused by kernels without int8", () => {
    for (const { createModel } of [congruent, core.createKernel(read("gru.wasm"))]) {
      expect(() => createModel(layers())).toThrow(congruent.CongruentError);
      expect(() => createModel(layers())).toThrow(
        "gru: expected a kernel with int8, as congruent/int8 and congruent/int8.wasm have it, got another",
      );
    }
  });

  it("keep to int8 inside a bidirectional layer that is made of them", () => {
    const [forward] = layers() as [congruent.GruLayer];
    const both = [int8.bidirectional({ forward, backward: { ...forward, goBackwards: true } })];
    const wanted = reference.createModel(both).run(input).outputs.data;
    expect(int8.createModel(both).run(input).outputs.data).toEqual(wanted);
    expect(() => congruent.createModel(both)).toThrow(/a kernel with int8/);
  });

  it("come out of a file, in the entries that have int8", async () => {
    const file = writeModel([congruent.gru(gruOptions(3, 5))], { dtype: "int8" });
    const model = await int8.loadModel(file);
    expect((model.layers[0] as congruent.GruLayer).int8?.precision).toBe(14);
    expect(model.run(input).outputs.data).toEqual(right);
    await expect(congruent.loadModel(file)).rejects.toThrow(/congruent\/int8/);
    await expect(load.loadModel(file, core.createKernel(plain))).rejects.toThrow(/congruent\/int8/);
    await expect(reference.loadModel(file)).rejects.toThrow(/congruent\/int8/);
    const floats = writeModel([congruent.gru(gruOptions(3, 5))]);
    expect((await int8.loadModel(floats)).layers[0]).not.toHaveProperty("int8");
  });
});

describe("the choice of the module", () => {
  /** What a fresh entry gives to the engine when validate answers so. */
  async function compiled(valid: boolean): Promise<Uint8Array[]> {
    const given: Uint8Array[] = [];
    const { Module } = WebAssembly;
    vi.stubGlobal("WebAssembly", {
      ...Object.fromEntries(Object.getOwnPropertyNames(WebAssembly).map((key) => [key, WebAssembly[key as never]])),
      validate: () => valid,
      Module: class extends Module {
        constructor(bytes: Uint8Array<ArrayBuffer>) {
          given.push(bytes);
          // What it is given, this engine may not take.
          super(plain);
        }
      },
    });
    const fresh = await import("../../src/int8/index.ts");
    const stack = fresh.quantize([fresh.gru(gruOptions(3, 5))]);
    for (let i = 0; i < 2; i++) expect(fresh.createModel(stack).run(input).outputs.data).toEqual(right);
    return given;
  }

  it("is the plain one where the engine does not take the other", async () => {
    expect(await compiled(false)).toEqual([new Uint8Array(plain)]);
  });

  it("is the one with relaxed SIMD where the engine takes it", async () => {
    expect(await compiled(true)).toEqual([new Uint8Array(read("int8.wasm"))]);
  });
});

describe("the self-test", () => {
  it("has the reference's answer", () => {
    expect(runInt8SelfTest(reference)).toBe(INT8_ANSWER);
    expect(findInt8Fault(kernelOf(() => compile(plain)))).toBeNull();
  });

  /** What an engine might do instead of the instructions that only int8 has: opcode, and another's that takes the same. */
  // biome-ignore format: a table
  const twins: Record<string, [opcode: number[], instead: number[]]> = {
    "i32x4.dot_i16x8_s": [[0xba, 1], [0xb5, 1]],
    "f32x4.convert_i32x4_s": [[0xfa, 1], [0xe1, 1]],
    "i16x8.sub": [[0x91, 1], [0x8e, 1]],
    "i32x4.add": [[0xae, 1], [0xb1, 1]],
    "i32x4.max_s": [[0xb8, 1], [0xb6, 1]],
  };

  it.each(Object.entries(twins))(
    "finds an engine out that misreads %s, and models run elsewhere",
    (name, [opcode, instead]) => {
      const broken = Uint8Array.from(plain);
      let count = 0;
      for (let at = 0; at < broken.length - 2; at++) {
        if (broken[at] !== 0xfd || broken[at + 1] !== opcode[0] || broken[at + 2] !== opcode[1]) continue;
        broken.set(instead, at + 1);
        count++;
      }
      expect(count).toBe(
        read("int8-plain.wat")
          .toString()
          .match(new RegExp(`\\b${name.replace(".", "\\.")}\\b`, "g"))?.length,
      );
      const module = compile(broken);
      const warnings: string[] = [];
      core.onWarning(({ message }) => warnings.push(message));
      const { createModel } = int8KernelOf(() => module, reference);
      for (let i = 0; i < 2; i++) expect(createModel(layers()).run(input).outputs.data).toEqual(right);
      expect(warnings).toEqual([expect.stringContaining("WebAssembly computes int8 wrongly: expected")]);
    },
  );
});
