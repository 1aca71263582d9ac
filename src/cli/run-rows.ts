import { expected } from "../errors.ts";
import type { LoadedModel } from "../index.ts";
import type { Bad, Row } from "./input/sequences.ts";
import type { Result } from "./output/writer.ts";
import type { Running } from "./run.ts";

/** So many sequences, or steps of all of them together, are held at once. */
const window = { rows: 256, steps: 2 ** 16 };

/**
 * Whole sequences. Those of one length are run together, so none is padded that was not; results keep their order.
 */
export async function runRows(rows: AsyncIterable<Row | Bad>, running: Running): Promise<void> {
  let waiting: (Row | Bad)[] = [];
  let steps = 0;
  let count = 0;
  const flush = async (): Promise<void> => {
    for (const result of runWindow(waiting, running)) await running.writer.row(result);
    waiting = [];
    steps = 0;
  };
  for await (const row of rows) {
    waiting.push(withLength(row, count++, running.lengths));
    if ("steps" in row) steps += row.steps;
    if (waiting.length === window.rows || steps >= window.steps) await flush();
  }
  await flush();
  if (running.lengths && running.lengths.length > count) {
    throw expected("lengths", "--lengths", `${count}, one for each sequence`, `${running.lengths.length}`);
  }
}

function withLength(row: Row | Bad, place: number, lengths: readonly number[] | null): Row | Bad {
  if (!lengths || "error" in row) return row;
  const length = lengths[place];
  if (length !== undefined) return { ...row, length };
  return { line: row.line, error: expected("lengths", "--lengths", "one for each sequence", `${lengths.length}`) };
}

function runWindow(rows: readonly (Row | Bad)[], running: Running): (Result | null)[] {
  const results: (Result | null)[] = rows.map(() => null);
  const errors: (Error | null)[] = rows.map((row) => ("error" in row ? row.error : null));
  const groups = new Map<string, number[]>();
  for (const [i, row] of rows.entries()) {
    if ("error" in row) continue;
    const key = `${row.steps} ${row.length !== undefined} ${row.mask !== undefined}`;
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  for (const places of groups.values()) {
    const group = places.map((i) => rows[i] as Row);
    try {
      for (const [j, result] of runGroup(group, running).entries()) results[places[j]] = result;
    } catch {
      // One of them is bad: which one, and why, is seen when each is run by itself.
      for (const [j, row] of group.entries()) {
        try {
          [results[places[j]]] = runGroup([row], running);
        } catch (error) {
          errors[places[j]] = error as Error;
        }
      }
    }
  }
  for (const [i, error] of errors.entries()) if (error) running.refuse(rows[i].line, error);
  return results;
}

/** @param rows of the same number of steps, alike in whether they have lengths and masks */
function runGroup(rows: readonly Row[], { model, semantics }: Running): Result[] {
  const [{ steps, length, mask }] = rows;
  if (steps === 0) throw expected("input", "the sequence", "a step at least", "none");
  const { outputs, backwardOutputs, states } = model.run(join(rows, model), {
    semantics,
    lengths: length === undefined ? null : rows.map((row) => row.length as number),
    mask: mask === undefined ? null : rows.map((row) => row.mask as number[]),
  });
  if (backwardOutputs) throw expected("unsupported", "run", "one output", "two (merge mode none)");
  return rows.map((_, i) => ({
    outputs: part(outputs, i),
    states: states.map((state) => part(state, i)),
  }));
}

/** Rows → one batch. */
function join(rows: readonly Row[], model: LoadedModel): Parameters<LoadedModel["run"]>[0] {
  const [{ input }] = rows;
  if (!("data" in input)) return rows.map((row) => row.input) as Parameters<LoadedModel["run"]>[0];
  const data = new Float32Array(rows.length * input.data.length);
  for (const [i, row] of rows.entries()) data.set((row.input as typeof input).data, i * input.data.length);
  const shape = [rows.length, ...input.shape];
  return model.inputShape.length === 3 ? { data, shape } : { data: Array.from(data), shape };
}

function part({ data, shape }: Result["outputs"], row: number): Result["outputs"] {
  const size = data.length / shape[0];
  return { data: data.slice(row * size, (row + 1) * size), shape: shape.slice(1) };
}
