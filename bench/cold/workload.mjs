/** What a fresh process computes first. Reset before, which every peer can. */
import { gruLayer, workload } from "../workload.mjs";

/** The layer is made once: its weights come from a sequence of seeds. */
const layer = gruLayer(32, 32, { resetAfter: false });

/** @returns {import("../workload.mjs").Workload} */
export function coldWorkload() {
  return workload("GRU 32→32, B=1 T=16", [[layer]], { steps: 16 });
}
