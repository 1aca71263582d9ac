// The one suite that every runtime runs. Nothing here but the language: no Node, no web, no clock of its own.
import { bits } from "./golden/bits.mjs";
import { denormalModels, hashOf, longStream, models } from "./golden/models.mjs";
import { answers, seedLayers, tokens } from "./seed.mjs";

/**
 * @typedef {{ name: string, passed: boolean, detail: string }} Check
 * @typedef {{ import: number | null, create: number, first: number }} ColdStart in milliseconds
 */

/**
 * All checks of one library.
 *
 * @param {object} library the namespace of `congruent`, or of an entry with the same API
 * @param {{ audioThread?: boolean }} options audioThread: the engine may flush denormals to 0, as audio threads do
 * @returns {{ checks: Check[], golden: { equal: number, of: number, flushed: boolean } }} golden: how many models gave
 *   their bits; those that are about denormals are not among them where denormals are flushed
 */
export function runSuite(library, { audioThread = false } = {}) {
  // The fallback has the same bits: here it would hide that an engine computes wrongly.
  library.onWarning((warning) => {
    throw warning;
  });
  const flushed = audioThread && flushesDenormals(library);
  const everyday = compareGolden(library, models);
  const denormal = flushed ? { equal: 0, of: 0, other: [] } : compareGolden(library, denormalModels);
  return {
    golden: { equal: everyday.equal + denormal.equal, of: everyday.of + denormal.of, flushed },
    checks: [
      check("seed", () => checkSeed(library)),
      check("golden bits", () => showGolden(everyday)),
      check("golden bits of denormals", () => (flushed ? "flushed to 0 by the audio thread" : showGolden(denormal))),
      check("error", () => checkError(library)),
      check(longStream.name, () => {
        const hash = hashOf(longStream, library);
        if (hash !== bits[longStream.name]) throw new Error(`expected ${bits[longStream.name]}, got ${hash}`);
        return hash;
      }),
    ],
  };
}

/**
 * One check: what it returns is its detail, what it throws is why it failed.
 *
 * @param {string} name
 * @param {() => string} run
 * @returns {Check}
 */
export function check(name, run) {
  try {
    return { name, passed: true, detail: run() };
  } catch (error) {
    return { name, passed: false, detail: String(error?.message ?? error) };
  }
}

/**
 * The first use in a fresh runtime: import, model, result. Call it before anything else.
 *
 * @param {() => object | Promise<object>} load imports the library
 * @param {(() => number) | undefined} now milliseconds; undefined where there is no clock
 * @returns {Promise<{ library: object, timings: ColdStart | null }>}
 */
export async function startCold(load, now) {
  const start = now?.() ?? 0;
  const library = await load();
  const imported = now?.() ?? 0;
  return { library, timings: timeFirst(library, now, imported - start) };
}

/**
 * The part of {@link startCold} behind the import, for scopes in which imports are static.
 *
 * @returns {ColdStart | null}
 */
export function timeFirst(library, now, importTime = null) {
  const start = now?.() ?? 0;
  const model = library.createModel(seedLayers(library));
  const created = now?.() ?? 0;
  const { outputs } = model.run(tokens);
  const end = now?.() ?? 0;
  if (outputs.data[2] !== -156) throw new Error(`the first result is ${outputs.data[2]}, not -156`);
  return now ? { import: importTime, create: created - start, first: end - created } : null;
}

/** The seed's outputs, to the last bit. */
export function checkSeed(library) {
  for (const { name, layers, options, outputs } of answers) {
    const { data } = library.createModel(layers(library)).run(tokens, options).outputs;
    const wanted = Float32Array.from(outputs);
    const wrong = wanted.findIndex((value, i) => !Object.is(value, data[i]));
    if (data.length !== wanted.length || wrong >= 0) throw new Error(`${name}: expected ${wanted}, got ${data}`);
  }
  return answers.map(({ name }) => name).join(" ");
}

/** Whether a number below 2⁻¹²⁶ times 1 is 0 here: the processor's flush-to-zero mode, which no program can leave. */
function flushesDenormals({ createModel, dense }) {
  const { outputs } = createModel([dense({ units: 1, kernel: [[1]] })]).run([[[1e-40]]]);
  return outputs.data[0] === 0;
}

/**
 * @param {{ name: string }[]} list golden models
 * @returns {{ equal: number, of: number, other: string[] }} other: those that differ, with what they gave
 */
export function compareGolden(library, list) {
  const other = [];
  for (const model of list) {
    const result = check(model.name, () => hashOf(model, library));
    if (result.detail !== bits[model.name]) other.push(`${model.name} (${result.detail})`);
  }
  return { equal: list.length - other.length, of: list.length, other };
}

/** @throws Error when a model differs */
export function showGolden({ equal, of, other }) {
  if (other.length > 0) throw new Error(`${other.length} of ${of} differ: ${other.slice(0, 5).join("; ")}`);
  return `${equal} of ${of} models`;
}

/** A token that is not in the vocabulary: one CongruentError that says so, and a model that works as before. */
function checkError(library) {
  const model = library.createModel(seedLayers(library));
  let error;
  try {
    model.run([[1, 7]]);
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof library.CongruentError && error instanceof Error)) throw new Error(`not refused: ${error}`);
  const { name, code, message } = error;
  const wanted = "expected a token id from 0 to 2, got 7";
  if (name !== "CongruentError" || code !== "token" || !message.includes(wanted)) {
    throw new Error(`expected a CongruentError token: ${wanted}; got ${name} ${code}: ${message}`);
  }
  if (model.run(tokens).outputs.data[2] !== -156) throw new Error("the model is not as before");
  return `${code}: ${message}`;
}
