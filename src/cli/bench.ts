import table from "text-table";
import type { LoadedModel } from "../index.ts";
import type { ReadingOptions, SelectingOptions } from "./files.ts";
import { openModel } from "./model.ts";

/** `congruent bench MODEL` */
export async function bench(
  path: string,
  options: ReadingOptions & SelectingOptions & { seconds: number },
): Promise<void> {
  const model = await openModel(path, options);
  const rows = [[1, 1], [1, 100], [32, 100]].map(([batch, steps]) => measureRun(model, batch, steps, options.seconds)); // biome-ignore format: a table
  const header = ["run", "median ms", "fastest ms", "steps a second"];
  const stream = measureStream(model, options.seconds);
  const align = ["l", "r", "r", "r"] as const;
  process.stdout.write(
    `${model.summary()}\n\n${table([header, ...rows, stream], { align: [...align], hsep: "  " })}\n`,
  );
}

function measureRun(model: LoadedModel, batch: number, steps: number, seconds: number): string[] {
  const input = makeInput(model, batch, steps);
  return line(
    `batch ${batch}, ${steps} steps`,
    measure(() => model.run(input), seconds),
    batch * steps,
  );
}

function measureStream(model: LoadedModel, seconds: number): string[] {
  try {
    const stream = model.stream();
    const { data } = makeInput(model, 1, 1);
    const out = new Float32Array(stream.outputSize);
    // One step is too short for the clock.
    const times = measure(() => {
      for (let i = 0; i < 100; i++) stream.step(data, out);
    }, seconds);
    return line("stream, 100 steps", times, 100);
  } catch (error) {
    return [(error as Error).message, "", "", ""];
  }
}

function makeInput(model: LoadedModel, batch: number, steps: number) {
  const features = model.inputShape[2];
  const size = batch * steps * (features ?? 1);
  // Tokens: 0 is in every vocabulary.
  const data = features ? Float32Array.from({ length: size }, (_, i) => Math.sin(i)) : new Float32Array(size);
  return { data, shape: features ? [batch, steps, features] : [batch, steps] };
}

/** Milliseconds of each call, in ascending order. */
function measure(call: () => unknown, seconds: number): number[] {
  for (const end = performance.now() + 200 * seconds; performance.now() < end; ) call();
  const times: number[] = [];
  for (const end = performance.now() + 1000 * seconds; times.length === 0 || performance.now() < end; ) {
    const begun = performance.now();
    call();
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b);
}

function line(name: string, times: readonly number[], steps: number): string[] {
  const median = times[times.length >> 1];
  return [name, median.toFixed(4), times[0].toFixed(4), Math.round((1000 * steps) / median).toLocaleString("en")];
}
