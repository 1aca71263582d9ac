/**
 * What assembly/index.ts exports, as JS sees it, and software.ts gives: numbers only. Pointers are byte addresses in
 * `memory`.
 */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  activate(code: number, pointer: number, vectors: number, alpha: number, beta: number): void;
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
