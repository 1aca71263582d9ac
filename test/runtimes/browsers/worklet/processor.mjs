// A GRU as an audio effect: made synchronously on the audio thread, one step a sample, nothing allocated in a callback.

import * as congruent from "/node_modules/congruent/dist/index.js";
import * as congruentInt8 from "/node_modules/congruent/dist/int8.js";
import { loadModel } from "/node_modules/congruent/dist/load.js";
import { engine } from "../../engine.mjs";
import { audioModel } from "../../golden/audio.mjs";
import { runInt8 } from "../../int8.mjs";
import { check, runSuite } from "../../suite.mjs";
import { lastMemory, missing } from "./scope.mjs";

class GruProcessor extends AudioWorkletProcessor {
  #stream;
  #frame = new Float32Array(1);
  #out = new Float32Array(1);
  #left;
  #options;
  #memory;
  #bytes;
  #loaded = "nothing yet";

  constructor({ processorOptions }) {
    super();
    this.#options = processorOptions;
    this.#left = processorOptions.samples;
    this.#stream = audioModel(congruent).stream();
    this.#memory = lastMemory();
    this.#bytes = this.#memory.buffer.byteLength;
    const { file } = processorOptions;
    if (file) {
      loadModel(file, congruent).then(
        (model) => {
          this.#loaded = `deviation ${model.verify().deviation}`;
        },
        (error) => {
          this.#loaded = String(error);
        },
      );
    }
  }

  process([[input]], [[output]]) {
    const frame = this.#frame;
    const out = this.#options.allocate ? undefined : this.#out;
    for (let i = 0; i < output.length; i++) {
      frame[0] = input ? input[i] : 0;
      output[i] = this.#stream.step(frame, out)[0];
    }
    this.#left -= output.length;
    if (this.#left === 0) this.port.postMessage(this.#finish(output.length));
    return this.#left > 0;
  }

  /** Still inside a callback: the suite runs under the audio thread's own rules. */
  #finish(size) {
    try {
      const checks = [
        check("callbacks of 128 samples", () => {
          if (size !== 128) throw new Error(`${size}`);
          return `missing here: ${missing.join(", ")}`;
        }),
        check("memory does not grow", () => {
          const { byteLength } = this.#memory.buffer;
          if (byteLength !== this.#bytes) throw new Error(`${this.#bytes} → ${byteLength}`);
          return `${this.#bytes} bytes`;
        }),
      ];
      if (this.#options.file) {
        checks.push({
          name: "congruent/load: loadModel of bytes",
          passed: this.#loaded === "deviation 0",
          detail: this.#loaded,
        });
      }
      if (!this.#options.suite) return { engine: engine(), checks };
      const suite = runSuite(congruent, { audioThread: true });
      return { engine: engine(), checks, suite, int8: runInt8(congruentInt8) };
    } catch (error) {
      return { error: String(error?.stack ?? error) };
    }
  }
}

registerProcessor("gru", GruProcessor);
