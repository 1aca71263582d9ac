// The first use in a fresh process of Node, Deno or Bun, timed. Prints milliseconds as JSON.
import { startCold } from "./suite.mjs";

const { timings } = await startCold(
  () => import("congruent"),
  () => performance.now(),
);
console.log(JSON.stringify(timings));
