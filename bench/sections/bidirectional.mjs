/** Stacks of bidirectional layers. */
import { loadPeers } from "../peers/peer.mjs";
import { lengthsOf, signLanguage } from "../shapes.mjs";
import { versus } from "../versus.mjs";
import { bidirectionalLayer, workload } from "../workload.mjs";

/** Records: {@link import("../versus.mjs").Result}. */
export async function* run(settings) {
  const peers = await loadPeers(settings);
  for (const work of stacks()) yield* versus(work, peers, settings);
}

function stacks() {
  const wide = () => [[bidirectionalLayer(128, 128), bidirectionalLayer(256, 128)]];
  return [
    workload("BiGRU 84→48, 96→32, B=1 T=32", signLanguage(true), { steps: 32 }),
    workload("BiGRU 84→48, 96→32, B=1 T=32, reset before", signLanguage(false), { steps: 32 }),
    workload("2 × BiGRU 128, B=1 T=128", wide(), { steps: 128 }),
    workload("2 × BiGRU 128, B=32 T=32", wide(), { batch: 32, steps: 32 }),
    workload("2 × BiGRU 128, B=32 T=32, lengths uniform", wide(), {
      batch: 32,
      steps: 32,
      lengths: lengthsOf("uniform", 32, 32),
    }),
  ];
}
