import { activationModels, denormalModels, softmaxModels } from "./activations.mjs";
import { audioStream } from "./audio.mjs";
import { mergeModels, presetModels, ruleModels } from "./padding.mjs";
import { Random } from "./random.mjs";
import { batchModels, sizeModels, stackModels } from "./shapes.mjs";
import { longStream, streamModels } from "./streams.mjs";
import { tokenModels } from "./tokens.mjs";

export { denormalModels, longStream };

/**
 * The models whose bits must be the same in every runtime.
 *
 * @type {{ name: string, run: (library: object, random: Random) => import("./hash.mjs").Hash }[]}
 */
export const models = [
  ...activationModels,
  ...softmaxModels,
  ...sizeModels,
  ...batchModels,
  ...stackModels,
  ...presetModels,
  ...mergeModels,
  ...ruleModels,
  ...tokenModels,
  ...streamModels,
  audioStream,
];

/**
 * Runs a model on numbers that depend on nothing but its name.
 *
 * @param {object} library congruent, or an entry with the same API
 * @returns {string} the hash of all output bits
 */
export function hashOf({ name, run }, library) {
  return String(run(library, new Random(name)));
}
