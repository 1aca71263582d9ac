import binaryen from "binaryen";
import { describe, expect, it } from "vitest";
import { alignLocals } from "../assembly/align-locals.mjs";

/** Vectors that a loop carries, that one arm of an `if` changes, and that are made anew in every turn. */
const text = `(module
  (memory $0 1)
  (data (i32.const 8) "\\00\\00\\80\\3f")
  (export "run" (func $hot/run))
  (func $hot/run (param $steps i32) (param $x f32) (result f32)
    (local $i i32) (local $sum v128) (local $square v128) (local $half v128) (local $kept v128)
    (local.set $kept (f32x4.splat (local.get $x)))
    (local.set $sum (v128.load32_splat (i32.const 8)))
    (loop $again
      (local.set $square (f32x4.mul (local.get $sum) (v128.load32_splat (i32.const 8))))
      (local.set $half (f32x4.sub (local.get $kept) (local.get $square)))
      (if (i32.and (local.get $i) (i32.const 1))
        (then (local.set $half (f32x4.add (local.get $half) (v128.load32_splat (i32.const 8))))))
      (local.set $sum (f32x4.add (local.tee $square (f32x4.mul (local.get $half) (local.get $half))) (local.get $square)))
      (local.set $sum (f32x4.div (local.get $sum) (f32x4.add (local.get $sum) (v128.load32_splat (i32.const 8)))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $steps))))
    (f32x4.extract_lane 0 (f32x4.add (local.get $sum) (local.get $kept)))))`;

function compile(wat: string): (steps: number, x: number) => number {
  const module = binaryen.parseText(wat);
  module.setFeatures(binaryen.Features.All);
  expect(module.validate()).toBe(1);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.emitBinary()));
  return exports.run as (steps: number, x: number) => number;
}

describe("alignLocals", () => {
  it("changes no result", () => {
    for (const names of [
      { share: /^hot/, follow: /^none/ },
      { share: /^none/, follow: /^hot/ },
    ]) {
      const [before, after] = [compile(text), compile(alignLocals(text, names))];
      for (const steps of [1, 2, 3, 10]) {
        for (const x of [0, 0.5, -3, 1e30, Number.NaN]) expect(after(steps, x)).toBe(before(steps, x));
      }
    }
  });

  it("loads a constant once a scope", () => {
    const aligned = alignLocals(text, { share: /^hot/, follow: /^none/ });
    expect(aligned.match(/v128\.load32_splat/g)).toHaveLength(3);
  });
});
