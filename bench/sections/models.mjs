/** Real models, beside every peer that can run them. */
import { loadPeers } from "../peers/peer.mjs";
import { realModels } from "../shapes.mjs";
import { versus } from "../versus.mjs";

/** Records: {@link import("../versus.mjs").Result}. */
export async function* run(settings) {
  const peers = await loadPeers(settings);
  for (const work of realModels()) yield* versus(work, peers, settings);
}
