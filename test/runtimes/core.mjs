import { checkSeed } from "./suite.mjs";

/**
 * congruent/core with each thing that it takes: the seed's outputs every time.
 *
 * @param {object} core the namespace of `congruent/core`
 * @param {Record<string, () => unknown>} sources by what they are: bytes, a module, a response, or a promise of one
 * @returns {Promise<import("./suite.mjs").Check[]>}
 */
export async function checkCore(core, sources) {
  const checks = [];
  for (const [name, source] of Object.entries(sources)) {
    try {
      const kernel = await core.loadKernel(source());
      checks.push({ name: `core, ${name}`, passed: true, detail: checkSeed({ ...core, ...kernel }) });
    } catch (error) {
      checks.push({ name: `core, ${name}`, passed: false, detail: String(error?.message ?? error) });
    }
  }
  return checks;
}
