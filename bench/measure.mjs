/**
 * Contenders timed in turn, A B A B, so that whatever slows the machine down meets them both, and their ratio is taken
 * within each round.
 */
import { Bench } from "tinybench";
import { summarize } from "./statistics.mjs";

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {boolean} async whether repeat returns a promise
 * @property {(first: number, count: number) => void | Promise<void>} repeat `count` calls on the inputs `first`,
 *   `first + 1`, … in rotation. Each contender has a loop of its own: a shared one would make the call it times a
 *   megamorphic one.
 * @property {() => Float32Array} read the outputs of the last call, (B, T, F) or (B, F), chain after chain
 * @property {() => void | Promise<void>} begin makes carried states zero
 * @property {() => void | Promise<void>} close
 */

/** @typedef {{ median: number, p99: number }} Timing µs a call */

/**
 * @typedef {object} Measurement
 * @property {Timing[]} timings by contender
 * @property {import("./statistics.mjs").Summary[]} ratios of each contender's time to the first one's, round by round
 * @property {number} rounds
 * @property {number[][]} times by contender and round: µs a call
 */

/** Calls shorter than this are timed in batches: ms. */
const SHORT = 0.01;
/** How long such a batch takes: ms. */
const BATCH = 0.2;

/**
 * @param {Pick<Contender, "name" | "async" | "repeat">[]} contenders
 * @param {import("./options.mjs").Settings} settings
 * @returns {Promise<Measurement>}
 */
export async function interleave(contenders, settings) {
  globalThis.gc?.();
  const bench = new Bench({ iterations: 1, time: 0, warmup: false, retainSamples: true, throws: true });
  let round = 0;
  for (const contender of contenders) {
    const perCall = await warmUp(contender, settings.warmup);
    const calls = perCall < SHORT ? Math.ceil(BATCH / perCall) : 1;
    round += perCall * calls;
    // Its name has to be its own.
    bench.add(
      `${bench.tasks.length} ${contender.name}`,
      contender.async ? asyncTask(contender, calls) : syncTask(contender, calls),
      {
        async: contender.async,
      },
    );
  }
  const rounds = Math.round(Math.min(Math.max(settings.budget / round, settings.minRounds), settings.maxRounds));
  const times = contenders.map(() => new Array(rounds));
  for (let r = 0; r < rounds; r++) {
    // A task that has run does not run again before it is reset.
    bench.reset();
    const tasks = await bench.run();
    for (let i = 0; i < tasks.length; i++) times[i][r] = tasks[i].result.latency.mean * 1000;
  }
  return {
    timings: times.map((samples) => {
      const { median, p99 } = summarize(samples);
      return { median, p99 };
    }),
    ratios: times.map((samples) => summarize(samples.map((sample, r) => sample / times[0][r]))),
    rounds,
    times,
  };
}

/**
 * Runs a contender until the engine has compiled what it calls for good: WebAssembly begins in code that is quick to
 * make and several times slower, and the better code comes from another thread, whenever it is ready.
 *
 * @param {Pick<Contender, "repeat">} contender
 * @param {number} time ms
 */
export async function prime(contender, time) {
  await warmUp(contender, time);
}

/**
 * Calls until the time is over, twice as many at a time, so that the compilers have seen loops as long as the timed ones.
 *
 * @returns {Promise<number>} ms a call, in the last round
 */
async function warmUp({ repeat }, time) {
  const end = performance.now() + time;
  for (let calls = 1; ; calls *= 2) {
    const start = performance.now();
    await repeat(0, calls);
    const now = performance.now();
    if (now + (now - start) >= end) return (now - start) / calls;
  }
}

/** A task of several calls that reports the mean of them. */
function syncTask({ repeat }, calls) {
  let first = 0;
  return () => {
    const start = performance.now();
    repeat(first, calls);
    const elapsed = performance.now() - start;
    first += calls;
    return { overriddenDuration: elapsed / calls, overriddenIterationCost: elapsed };
  };
}

function asyncTask({ repeat }, calls) {
  let first = 0;
  return async () => {
    const start = performance.now();
    await repeat(first, calls);
    const elapsed = performance.now() - start;
    first += calls;
    return { overriddenDuration: elapsed / calls, overriddenIterationCost: elapsed };
  };
}
