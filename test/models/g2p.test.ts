import { describe, expect, it } from "vitest";
import type { Mapping } from "../../src/convert/mapping/mapping.ts";
import { read } from "../../src/convert/npz/read.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { type Engine, engineTable } from "../conformance/engines.ts";
import { modelFolder } from "./files.ts";

/**
 * g2p_en: letters → phonemes. An encoder (embedding, GRU) whose last state begins a decoder (embedding, GRU, linear),
 * which is fed with its own best phoneme.
 */
const folder = modelFolder("g2p");

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
const mapping: Mapping = {
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
function spell(word: string, layers: readonly Layer[], createModel: Engine["createModel"]): string[] {
  const { graphemes, phonemes } = folder.json<Symbols>("symbols.json");
  const letters = [...word, "</s>"].map((letter) => graphemes.indexOf(letter));
  const { outputs, states } = createModel(layers.slice(0, 2)).run([letters], { semantics: "pytorch" });
  expect(outputs.data).toEqual(states[0].data);

  const decoder = createModel(layers.slice(2)).stream({ initialState: [states[0]] });
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
  const whole = createModel(layers.slice(2)).run([ids], { semantics: "pytorch", initialState: [states[0]] });
  expect(whole.outputs.data.subarray(-phonemes.length)).toEqual(scores);
  return spelled.map((id) => phonemes[id]);
}

describe.skipIf(!folder.exists).each(engineTable)("g2p from its npz by a mapping, %s", (_, { createModel }) => {
  it("spells activationist exactly", async () => {
    const model = await read({ name: "checkpoint20.npz", bytes: folder.bytes("checkpoint20.npz") }, { mapping });
    expect(model.noChain).toBe("the mapping says that its layers are not one after the other");
    expect(model.parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(4 * 834_890);
    const layers = model.parts.flatMap((part) => part.layers ?? []);
    const { activationist } = folder.json<{ activationist: string[] }>("expected.json");
    expect(spell("activationist", layers, createModel)).toEqual(activationist);
  });
});
