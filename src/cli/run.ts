import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { expected } from "../errors.ts";
import type { LoadedModel } from "../index.ts";
import type { Preset } from "../sequence/semantics.ts";
import type { ReadingOptions, SelectingOptions } from "./files.ts";
import { readCsv } from "./input/csv.ts";
import { readJsonLines } from "./input/json-lines.ts";
import { readNpyFile } from "./input/npy.ts";
import type { Source } from "./input/sequences.ts";
import { openModel } from "./model.ts";
import { CsvWriter } from "./output/csv.ts";
import { JsonLinesWriter } from "./output/json-lines.ts";
import { NpyWriter } from "./output/npy.ts";
import { Sink, type Writer } from "./output/writer.ts";
import { withProgress } from "./progress.ts";
import { runRows } from "./run-rows.ts";
import { runSteps } from "./run-steps.ts";

type Encoding = "jsonl" | "csv" | "npy";

interface RunningOptions extends ReadingOptions, SelectingOptions {
  readonly input: string;
  readonly output: string;
  readonly from?: Encoding;
  readonly to?: Encoding;
  readonly semantics?: Preset;
  readonly lengths?: string;
  readonly states?: boolean;
}

/** What both kinds of run share. */
export interface Running {
  readonly model: LoadedModel;
  readonly writer: Writer;
  readonly semantics: Preset | undefined;
  /** By sequence; null where none are given. */
  readonly lengths: readonly number[] | null;
  /** Says which line is bad; the run goes on, and ends with exit code 1. */
  readonly refuse: (line: number, error: Error) => void;
}

/** `congruent run MODEL` */
export async function run(path: string, options: RunningOptions): Promise<void> {
  const { input, output, semantics, states = false } = options;
  const model = await openModel(path, options);
  const to = options.to ?? encodingOf(output) ?? "jsonl";
  if (to === "npy" && output === "-") throw expected("option", "--output", "a file, for .npy", "stdout");
  if (states && to !== "jsonl") throw expected("option", "--states", "none but with JSON lines", to);
  const source = await openSource(options, model);
  const lengths = options.lengths === undefined ? null : await readLengths(options.lengths);
  if (lengths && source.kind === "steps") throw expected("option", "--lengths", "several sequences, padded", "one");
  let bad = 0;
  const refuse = (line: number, error: Error): void => {
    // What is not ours is a mistake in this program.
    if (error.name !== "CongruentError" && !("code" in error)) throw error;
    bad++;
    process.stderr.write(`${input === "-" ? "stdin" : input}:${line}: ${error.message}\n`);
  };
  const sink = new Sink(output);
  const writer =
    to === "npy" ? new NpyWriter(sink, output) : to === "csv" ? new CsvWriter(sink) : new JsonLinesWriter(sink, states);
  const running = { model, writer, semantics, lengths, refuse };
  if (source.kind === "rows") await runRows(source.rows, running);
  else await runSteps(source.steps, running);
  await writer.end();
  if (bad > 0) process.exitCode = 1;
}

function encodingOf(path: string): Encoding | undefined {
  const ending = /\.(jsonl|ndjson|json|csv|npy)$/i.exec(path)?.[1].toLowerCase();
  if (ending === undefined) return undefined;
  return ending === "csv" || ending === "npy" ? ending : "jsonl";
}

async function openSource({ input, from }: RunningOptions, model: LoadedModel): Promise<Source> {
  const size = input === "-" ? null : (await stat(input)).size;
  const stream = withProgress(input === "-" ? process.stdin : createReadStream(input), size);
  switch (from ?? encodingOf(input) ?? "jsonl") {
    case "csv":
      return { kind: "steps", steps: readCsv(stream) };
    case "npy":
      return readNpyFile(stream, model.inputShape.length - 1, input);
    default:
      return { kind: "rows", rows: readJsonLines(stream), shape: null };
  }
}

/** `3,4,2`, or the file that holds them. */
async function readLengths(given: string): Promise<number[]> {
  const list = /^\s*\d+(\s*,\s*\d+)*\s*$/.test(given);
  const words = (list ? given : await readFile(given, "utf8")).split(/[\s,]+/).filter(Boolean);
  const wrong = words.find((word) => !/^\d+$/.test(word));
  if (wrong !== undefined) throw expected("lengths", "--lengths", "whole numbers", JSON.stringify(wrong));
  return words.map(Number);
}
