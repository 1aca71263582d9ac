import { modelFile } from "../file.mjs";
import { audioInput, audioStream, hashAudio, SAMPLES } from "../golden/audio.mjs";
import { bits } from "../golden/bits.mjs";
import { within } from "./scopes.mjs";

const RATE = 48_000;

/**
 * Plays samples through a processor, as fast as it goes.
 *
 * @param {object} options of the processor
 * @returns {Promise<{ output: Float32Array, message: any }>} what came out, and what the processor posted at the end
 */
export function play(samples, options = {}) {
  return within("worklet/processor.mjs", async (resolve, reject) => {
    try {
      const context = new OfflineAudioContext(1, samples.length, RATE);
      await context.audioWorklet.addModule("worklet/processor.mjs");
      const node = new AudioWorkletNode(context, "gru", { processorOptions: { ...options, samples: samples.length } });
      node.onprocessorerror = () => reject(new Error("the processor threw"));
      const message = new Promise((posted) => {
        node.port.onmessage = ({ data }) => posted(data);
      });
      const buffer = new AudioBuffer({ length: samples.length, sampleRate: RATE });
      buffer.copyToChannel(samples, 0);
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(node).connect(context.destination);
      source.start();
      const rendered = await context.startRendering();
      resolve({ output: rendered.getChannelData(0), message: await message });
    } catch (error) {
      reject(error);
    }
  });
}

/** The suite on the audio thread, and a signal through a model there, sample by sample. */
export async function runWorklet() {
  const { output, message } = await play(audioInput(SAMPLES), { suite: true, file: modelFile() });
  if (message.error) throw new Error(message.error);
  const hash = String(hashAudio(output));
  const wanted = bits[audioStream.name];
  const played = {
    name: "samples through 128-sample callbacks",
    passed: hash === wanted,
    detail: `${hash}, expected ${wanted}`,
  };
  return { ...message, checks: [played, ...message.checks] };
}
