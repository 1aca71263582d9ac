import table from "text-table";
import { expected } from "../errors.ts";
import { type Comparison, compareTensors } from "../format/compare.ts";
import { resultsOf } from "../format/verify.ts";
import type { Input } from "../model/input.ts";
import type { Preset } from "../sequence/semantics.ts";
import type { Tensor } from "../tensor.ts";
import { readInput } from "./arrays.ts";
import type { ReadingOptions, SelectingOptions } from "./files.ts";
import { isModelFile, openModel } from "./model.ts";

interface ComparingOptions extends ReadingOptions, SelectingOptions {
  readonly input: string;
  readonly semantics?: Preset;
  readonly json?: boolean;
}

/** `congruent compare A B` */
export async function compareFiles(a: string, b: string, options: ComparingOptions): Promise<void> {
  const { input, semantics, json } = options;
  const batch = await readInput(input);
  // A model file says all itself: what says how a file is read is for the other one, or for both.
  const open = async (path: string) => openModel(path, (await isModelFile(path)) ? {} : options);
  const first = await open(a);
  const second = await open(b);
  const shapes = [first, second].map(
    ({ inputShape, outputShape }) => `${JSON.stringify(inputShape)} → ${JSON.stringify(outputShape)}`,
  );
  if (shapes[0] !== shapes[1]) throw expected("model", b, shapes[0], shapes[1]);
  const running = { semantics: semantics ?? first.semantics };
  // Sequences by themselves, where they may differ in length: no padding is compared.
  const runs = Array.isArray(batch) ? batch.map((row) => [row] as Input) : [batch];
  const pairs = new Map<string, [Tensor, Tensor][]>();
  for (const each of runs) {
    const [one, other] = [first, second].map((model) => resultsOf(model, each, running));
    for (const [name, tensor] of Object.entries(one)) {
      if (!other[name]) {
        throw expected("model", b, `results ${Object.keys(one).join(", ")}`, Object.keys(other).join(", "));
      }
      pairs.set(name, [...(pairs.get(name) ?? []), [tensor, other[name]]]);
    }
  }
  const comparisons = Object.fromEntries([...pairs].map(([name, found]) => [name, compareTensors(found)]));
  process.stdout.write(json ? `${JSON.stringify(comparisons, null, 2)}\n` : describe(a, b, comparisons));
}

function describe(a: string, b: string, comparisons: Readonly<Record<string, Comparison>>): string {
  const rows = Object.entries(comparisons).map(([name, { max, mean, rms, rows: count, agreeing }]) => [
    name,
    ...[max, mean, rms].map((value) => (value === 0 ? "0" : value.toExponential(2))),
    // Of a single number there is nothing to choose.
    agreeing === null ? "" : `${agreeing} of ${count} (${((100 * agreeing) / count).toFixed(2)} %)`,
  ]);
  const lines = table([["result", "max", "mean", "rms", "same choice"], ...rows], {
    align: ["l", "r", "r", "r", "r"],
    hsep: "  ",
  });
  return `${a}\n${b}\n\n${lines}\n`;
}
