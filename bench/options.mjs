/** The command line of `npm run bench`, and what it means for every measurement. */
import { parseArgs } from "node:util";

/** The sections, in the order in which they run. */
export const sectionNames = [
  "roofline",
  "sweep",
  "models",
  "ragged",
  "streaming",
  "embedding",
  "bidirectional",
  "int8",
  "cold-start",
  "size",
];

const usage = `npm run bench -- [--quick] [--only=${sectionNames.join(",")}] [--merge]

  --quick  fewer shapes and rounds: under two minutes
  --only   these sections alone
  --merge  put what --only measured into bench/results/, beside the other sections' results

A whole run writes bench/results/, every other one bench/results/scratch/.`;

/**
 * @typedef {object} Options
 * @property {boolean} quick
 * @property {string[]} sections
 * @property {boolean} merge
 */

/**
 * @param {string[]} args
 * @returns {Options}
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      merge: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const sections = values.only?.split(",") ?? sectionNames;
  const unknown = sections.find((name) => !sectionNames.includes(name));
  if (values.help || unknown || (values.merge && (values.quick || !values.only))) {
    console.log(unknown ? `no section ${unknown}\n\n${usage}` : usage);
    process.exit(values.help ? 0 : 2);
  }
  return { quick: values.quick, sections, merge: values.merge };
}

/**
 * @typedef {object} Settings
 * @property {boolean} quick
 * @property {number} prime ms of running an engine before its first case
 * @property {number} warmup ms of warm-up for each contender of a case
 * @property {number} budget ms of measurement for a case
 * @property {number} minRounds of A B, however slow they are
 * @property {number} maxRounds
 * @property {Record<"tfjs-wasm" | "tfjs-cpu" | "js-loop", number>} flops operations of a call from which slow peers are
 *   left out
 * @property {number} processes fresh processes for each contender of a cold start
 */

/**
 * @param {boolean} quick
 * @returns {Settings}
 */
export function settingsFor(quick) {
  return quick
    ? {
        quick,
        prime: 300,
        warmup: 30,
        budget: 60,
        minRounds: 3,
        maxRounds: 101,
        flops: { "tfjs-wasm": 1e8, "tfjs-cpu": 1e6, "js-loop": 2e7 },
        processes: 3,
      }
    : {
        quick,
        prime: 1000,
        warmup: 150,
        budget: 500,
        minRounds: 5,
        maxRounds: 501,
        flops: { "tfjs-wasm": Infinity, "tfjs-cpu": 2e6, "js-loop": 2e8 },
        processes: 15,
      };
}
