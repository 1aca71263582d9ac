import { Hash } from "./hash.mjs";
import { denseOptions, gruOptions } from "./layers.mjs";
import { Random } from "./random.mjs";

/** 80 callbacks of an AudioWorklet. */
export const SAMPLES = 128 * 80;

/** A model of one sample in, one sample out. */
export function audioModel({ createModel, gru, dense }) {
  const random = new Random("audio");
  return createModel([gru(gruOptions(random, 1, 12)), dense(denseOptions(random, 12, 1, { activation: "tanh" }))]);
}

/** @returns {Float32Array} noise of half amplitude */
export function audioInput(samples = SAMPLES) {
  return new Random("audio input").floats(samples, 0.5);
}

/** A stream that goes sample by sample, as a worklet's does. */
export const audioStream = {
  name: "an audio stream, sample by sample",
  run: (library) => {
    const stream = audioModel(library).stream();
    const out = new Float32Array(1);
    const output = audioInput().map((sample) => stream.step(Float32Array.of(sample), out)[0]);
    return hashAudio(output);
  },
};

/** @param {Float32Array} output */
export function hashAudio(output) {
  return new Hash().addFloats(output);
}
