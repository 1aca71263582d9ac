/** No peer is timed before its outputs have been found to be ours. */

/** |a - b| ≤ TOLERANCE · (1 + |a|): what f32 sums in another order, and other approximations of tanh, may differ by. */
export const TOLERANCE = 1e-5;

/** Calls that are compared: the steps of a stream see each other's states. */
const CALLS = { run: 2, carried: 16 };

/**
 * @param {import("./measure.mjs").Contender} ours
 * @param {import("./measure.mjs").Contender} peer
 * @param {boolean} carried
 * @param {number} tolerance
 * @returns {Promise<number>} the largest |a - b| / (1 + |a|)
 * @throws Error when it is more than the tolerance
 */
export async function compare(ours, peer, carried, tolerance = TOLERANCE) {
  await ours.begin();
  await peer.begin();
  let worst = 0;
  for (let call = 0; call < (carried ? CALLS.carried : CALLS.run); call++) {
    await ours.repeat(call, 1);
    await peer.repeat(call, 1);
    worst = Math.max(worst, difference(ours.read(), peer.read()));
  }
  if (!(worst <= tolerance)) throw new Error(`${peer.name}: outputs differ from ours by ${worst}`);
  return worst;
}

/**
 * @param {Float32Array} ours
 * @param {Float32Array} theirs
 */
function difference(ours, theirs) {
  if (ours.length !== theirs.length) throw new Error(`outputs: expected ${ours.length} numbers, got ${theirs.length}`);
  if (!ours.some((value) => value !== 0)) throw new Error("outputs: expected numbers, got nothing but zeros");
  let worst = 0;
  for (let i = 0; i < ours.length; i++) {
    const apart = Math.abs(ours[i] - theirs[i]) / (1 + Math.abs(ours[i]));
    // Not Math.max, nor `>` alone: NaN has to come through.
    if (!(apart <= worst)) worst = apart;
    if (Number.isNaN(worst)) return worst;
  }
  return worst;
}
