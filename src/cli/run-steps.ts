import type { CongruentError } from "../errors.ts";
import type { Stream } from "../index.ts";
import type { Bad, Row, Step } from "./input/sequences.ts";
import type { Running } from "./run.ts";
import { runRows } from "./run-rows.ts";

/**
 * Steps of sequences that may have no end: each is computed when it is there. A model that gives its last output only
 * gives it behind a sequence; one that needs the future has to wait for that too, with the sequence in memory.
 */
export async function runSteps(steps: AsyncIterable<Step | Bad>, running: Running): Promise<void> {
  const { model, writer, refuse, semantics } = running;
  const stream = openStream(() => model.stream({ semantics }));
  if (!stream) return runRows(gather(steps, model.inputShape.length === 2), running);
  const everyStep = model.outputShape.length === 3;
  const out = new Float32Array(stream.outputSize);
  let open = false;
  const close = async (): Promise<void> => {
    if (!open) return;
    if (!everyStep) await writer.step(out);
    else await writer.endSequence();
    open = false;
  };
  for await (const step of steps) {
    if ("error" in step) {
      refuse(step.line, step.error);
      continue;
    }
    if (step.begins) {
      await close();
      stream.reset();
    }
    try {
      stream.step(step.frame, out);
    } catch (error) {
      refuse(step.line, error as Error);
      continue;
    }
    open = true;
    if (everyStep) await writer.step(out.slice());
  }
  await close();
}

/** null where a layer needs the future. */
function openStream(open: () => Stream): Stream | null {
  try {
    return open();
  } catch (error) {
    if ((error as CongruentError).code !== "model") throw error;
    return null;
  }
}

/** Steps → whole sequences, each known by its first line. */
async function* gather(steps: AsyncIterable<Step | Bad>, tokens: boolean): AsyncGenerator<Row | Bad> {
  let frames: unknown[] = [];
  let line = 0;
  for await (const step of steps) {
    if ("error" in step) {
      yield step;
      continue;
    }
    if (step.begins && frames.length > 0) {
      yield { line, input: frames, steps: frames.length };
      frames = [];
    }
    if (frames.length === 0) line = step.line;
    frames.push(tokens && step.frame.length === 1 ? step.frame[0] : step.frame);
  }
  if (frames.length > 0) yield { line, input: frames, steps: frames.length };
}
