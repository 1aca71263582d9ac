// congruent/int8: its models have the same bits on both of its modules, and on the reference.
import { int8Models } from "./golden/int8.mjs";
import { check, compareGolden, showGolden } from "./suite.mjs";

/**
 * The golden int8 models of an entry.
 *
 * @param {object} int8 the namespace of `congruent/int8`
 * @param {Record<string, () => { createModel: Function }>} kernels others that must give the same bits: the reference,
 *   kernels of congruent/core; by name
 * @param {string} standard what to call the module where there is nothing to choose
 * @returns {{ checks: import("./suite.mjs").Check[], golden: { equal: number, of: number, module: string } }} module: which
 *   one the entry chose: `relaxed` or `plain`
 */
export function runInt8(int8, kernels = {}, standard = "imported") {
  int8.onWarning((warning) => {
    throw warning;
  });
  const { validate } = WebAssembly;
  let module = standard;
  WebAssembly.validate = (bytes) => {
    const valid = validate.call(WebAssembly, bytes);
    module = valid ? "relaxed" : "plain";
    return valid;
  };
  const golden = compareGolden(int8, int8Models);
  WebAssembly.validate = validate;
  return {
    golden: { equal: golden.equal, of: golden.of, module },
    checks: [
      check(`int8 golden bits, module ${module}`, () => showGolden(golden)),
      ...Object.entries(kernels).map(([name, kernel]) =>
        check(`int8 golden bits, ${name}`, () => {
          const { createModel } = kernel();
          return showGolden(compareGolden({ ...int8, createModel }, int8Models));
        }),
      ),
    ],
  };
}
