import { expect } from "vitest";
import type { Mapping } from "../../src/convert/mapping/mapping.ts";
import type { Model } from "../../src/model/model.ts";
import { modelFolder } from "./files.ts";

/**
 * g2p_en: letters → phonemes. An encoder (embedding, GRU) whose last state begins a decoder (embedding, GRU, linear),
 * which is fed with its own best phoneme.
 */
export const folder = modelFolder("g2p");

const gru = (side: "enc" | "dec") => ({
  kind: "gru" as const,
  name: `${side}_gru`,
  weights: {
    weight_ih: `${side}_w_ih`,
    weight_hh: `${side}_w_hh`,
    bias_ih: `${side}_b_ih`,
    bias_hh: `${side}_b_hh`,
  },
  options: { returnSequences: side === "dec" },
});
export const mapping: Mapping = {
  layout: "pytorch",
  chain: false,
  layers: [
    { kind: "embedding", name: "enc_embedding", weights: { weights: "enc_emb" } },
    gru("enc"),
    { kind: "embedding", name: "dec_embedding", weights: { weights: "dec_emb" } },
    gru("dec"),
    { kind: "dense", name: "fc", weights: { weight: "fc_w", bias: "fc_b" } },
  ],
};
const limit = 20;

interface Symbols {
  readonly graphemes: string[];
  readonly phonemes: string[];
}

/** Greedy decoding: after each step the phoneme of the highest score is the next input. */
export function spell(word: string, encoderModel: Model, decoderModel: Model): string[] {
  const { graphemes, phonemes } = folder.json<Symbols>("symbols.json");
  const letters = [...word, "</s>"].map((letter) => graphemes.indexOf(letter));
  const { outputs, states } = encoderModel.run([letters], { semantics: "pytorch" });
  expect(outputs.data).toEqual(states[0].data);

  const decoder = decoderModel.stream({ initialState: [states[0]] });
  const scores = new Float32Array(phonemes.length);
  const spelled: number[] = [];
  for (let id = phonemes.indexOf("<s>"); spelled.length < limit; ) {
    decoder.step(Int32Array.of(id), scores);
    id = scores.indexOf(Math.max(...scores));
    if (phonemes[id] === "</s>") break;
    spelled.push(id);
  }

  // The whole sequence at once has the same bits.
  const ids = [phonemes.indexOf("<s>"), ...spelled];
  const whole = decoderModel.run([ids], { semantics: "pytorch", initialState: [states[0]] });
  expect(whole.outputs.data.subarray(-phonemes.length)).toEqual(scores);
  return spelled.map((id) => phonemes[id]);
}
