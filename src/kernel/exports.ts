/**
 * What assembly/index.ts exports, as JS sees it, and software.ts gives: numbers only. Places in
 * `memory`, and strides, count floats (or integers); those of `mask` and `started` count bytes.
 */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  activate(code: number, values: number, vectors: number, alpha: number, beta: number): void;
  pack(
    source: number,
    sourceStride: number,
    k0: number,
    count: number,
    depth: number,
    gates: number,
    units: number,
    target: number,
  ): void;
  multiply(
    x: number,
    index: number,
    xStride: number,
    rows: number,
    w: number,
    depth: number,
    vectors: number,
    init: number,
    y: number,
    yStride: number,
  ): void;
  gru(
    layer: number,
    x: number,
    xStride: number,
    rows: number,
    steps: number,
    mask: number,
    h: number,
    started: number,
    y: number,
    rule: number,
    value: number,
  ): void;
  step(layer: number, x: number, h: number, y: number): void;
  dense(
    x: number,
    xStride: number,
    rows: number,
    w: number,
    depth: number,
    units: number,
    bias: number,
    y: number,
    activation: number,
    alpha: number,
    beta: number,
  ): void;
}
