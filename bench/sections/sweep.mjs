/** Square GRUs, of every size beside every peer. */
import { loadPeers } from "../peers/peer.mjs";
import { squareWorkload, sweepShapes } from "../shapes.mjs";
import { versus } from "../versus.mjs";

/** Records: a shape and a {@link import("../versus.mjs").Result}. */
export async function* run(settings) {
  const peers = await loadPeers(settings);
  for (const shape of sweepShapes(settings.quick)) {
    for await (const result of versus(squareWorkload(shape), peers, settings)) yield { ...shape, ...result };
  }
}
