// The edge function: it answers every request with the suite's result. The clock is the runtime's own.
import { engine } from "../engine.mjs";
import { runInt8 } from "../int8.mjs";
import { runSuite, startCold } from "../suite.mjs";

addEventListener("fetch", (event) => event.respondWith(answer()));

async function answer() {
  if (typeof EdgeRuntime !== "string" || engine() !== "V8") throw new Error(`not edge-runtime: ${engine()}`);
  const { library, timings } = await startCold(
    () => import("congruent"),
    () => performance.now(),
  );
  const reference = await import("congruent/reference");
  const result = {
    engine: "V8",
    timings,
    suite: runSuite(library),
    int8: runInt8(await import("congruent/int8"), { reference: () => reference }),
    reference: runSuite(reference),
  };
  return new Response(JSON.stringify(result));
}
