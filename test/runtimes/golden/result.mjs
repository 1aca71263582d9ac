import { Hash } from "./hash.mjs";

/** A hash of everything that a run returned: outputs of both directions, shapes, states, mask. */
export function hashRun({ outputs, backwardOutputs, states, mask }, hash = new Hash()) {
  for (const tensor of [outputs, backwardOutputs, ...states]) {
    hash.add(tensor ? 1 : 0);
    if (tensor) hash.addWords(tensor.shape).addFloats(tensor.data);
  }
  hash.add(mask ? 1 : 0);
  if (mask) hash.addWords(mask.shape).addWords(mask.data);
  return hash;
}

/** A hash of every output of a stream over frames, and of its last states. */
export function hashStream(stream, frames, validOf = () => undefined, hash = new Hash()) {
  const out = new Float32Array(stream.outputSize);
  frames.forEach((frame, step) => {
    hash.addFloats(stream.step(frame, out, validOf(step)));
  });
  for (const { data, shape } of stream.state) hash.addWords(shape).addFloats(data);
  return hash;
}
