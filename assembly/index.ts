/** The module's exports, and nothing else. Pointers and numbers only: memory is laid out by src/kernel. */
export { activate } from "./activation";
export { dense } from "./dense";
export { gru, step } from "./gru";
export { multiply } from "./matmul";
export { pack } from "./pack";

/** The first 64 bytes that are free, in a memory that nothing else allocates from. */
export function heapBase(): usize {
  return (__heap_base + 63) & ~63;
}
