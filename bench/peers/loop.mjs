/** What one writes by hand: plain loops over Float32Arrays, Math.tanh and Math.exp, nothing allocated in a call. */
import { flopsOf, widthOf } from "../workload.mjs";
import { concatenate } from "./outputs.mjs";

/** @returns {Promise<import("./peer.mjs").Peer>} */
export async function loop() {
  return {
    name: "js-loop",
    refuses: (work, { flops }) => (flopsOf(work) > flops["js-loop"] ? "it would take too long" : null),
    open: async (work, inputs) => open(work, inputs),
  };
}

/** @returns {import("../measure.mjs").Contender} */
function open({ chains, batch, steps, lengths, carried }, inputs) {
  const counts = lengths ?? new Int32Array(batch).fill(steps);
  const stacks = chains.map((layers) => {
    let sequence = true;
    return layers.map((layer) => {
      const time = sequence ? steps : 1;
      const unit = layer.kind === "bidirectional" ? layer.forward : layer;
      if (layer.kind === "gru" || layer.kind === "bidirectional") sequence = unit.returnSequences;
      const features = layer.kind === "embedding" ? layer.features : unit.units;
      const width = layer.kind === "bidirectional" ? 2 * features : features;
      const y = new Float32Array(batch * (sequence ? time : 1) * width);
      return { layer, y, cells: recurrent(unit).map((gru) => new Cell(gru, batch)) };

      function recurrent(first) {
        if (layer.kind === "bidirectional") return [layer.forward, layer.backward];
        return layer.kind === "gru" ? [first] : [];
      }
    });
  });
  const mask = inputs.length - 1;
  return {
    name: "js-loop",
    async: false,
    begin() {
      for (const { cells } of stacks.flat()) for (const { h } of cells) h.fill(0);
    },
    repeat(first, count) {
      for (let call = first; call < first + count; call++) {
        const input = inputs[call & mask];
        for (let chain = 0; chain < stacks.length; chain++) runStack(stacks[chain], input[chain]);
      }
    },
    read: () => concatenate(stacks.map((stack) => stack[stack.length - 1].y)),
    close() {},
  };

  function runStack(stack, input) {
    let x = input;
    for (const { layer, y, cells } of stack) {
      if (layer.kind === "embedding") lookUp(layer, x, y);
      else if (layer.kind === "dense") runDense(layer, x, y);
      else {
        for (let i = 0; i < cells.length; i++) {
          if (!carried) cells[i].h.fill(0);
          const width = cells.length * cells[i].units;
          cells[i].run(x, counts, steps, y, layer.kind === "gru" && !layer.returnSequences, width, i);
        }
      }
      x = y;
    }
  }
}

function lookUp({ features, weights }, ids, y) {
  for (let cell = 0; cell < ids.length; cell++) {
    for (let i = 0; i < features; i++) y[cell * features + i] = weights[ids[cell] * features + i];
  }
}

/** A GRU's weights, state and scratch. */
class Cell {
  constructor(layer, batch) {
    this.layer = layer;
    this.units = layer.units;
    this.h = new Float32Array(batch * layer.units);
    this.px = new Float32Array(3 * layer.units);
    this.ph = new Float32Array(3 * layer.units);
    this.rh = new Float32Array(layer.units);
    this.noBias = new Float32Array(3 * layer.units);
  }

  /**
   * All valid steps of all rows.
   *
   * @param {Float32Array} x (B, T, I)
   * @param {Int32Array} counts (B)
   * @param {number} steps T
   * @param {Float32Array} y (B, T, width), or (B, width) for the last state
   * @param {boolean} last
   * @param {number} width
   * @param {number} direction 0 forward, 1 backward: its columns come second
   */
  run(x, counts, steps, y, last, width, direction) {
    const { units } = this;
    const inputs = widthOf(this.layer);
    for (let row = 0; row < counts.length; row++) {
      for (let s = 0; s < counts[row]; s++) {
        const t = direction ? counts[row] - 1 - s : s;
        this.step(x, (row * steps + t) * inputs, row * units);
        if (last) continue;
        const to = (row * steps + t) * width + direction * units;
        for (let i = 0; i < units; i++) y[to + i] = this.h[row * units + i];
      }
    }
    if (last) y.set(this.h);
  }

  step(x, from, at) {
    const { layer, units, px, ph, rh, h } = this;
    const { kernel, recurrentKernel, bias, recurrentBias, resetAfter, activation, inputs } = layer;
    const gates = 3 * units;
    multiply(px, bias, x, from, inputs, kernel, gates, 0, gates);
    multiply(ph, recurrentBias ?? this.noBias, h, at, units, recurrentKernel, gates, 0, resetAfter ? gates : 2 * units);
    for (let i = 0; i < 2 * units; i++) ph[i] = 1 / (1 + Math.exp(-(px[i] + ph[i])));
    if (!resetAfter) {
      for (let i = 0; i < units; i++) rh[i] = ph[units + i] * h[at + i];
      multiply(ph, this.noBias, rh, 0, units, recurrentKernel, gates, 2 * units, gates);
    }
    for (let i = 0; i < units; i++) {
      const c = 2 * units + i;
      const a = px[c] + (resetAfter ? ph[units + i] * ph[c] : ph[c]);
      const n = activation === "relu" ? Math.max(a, 0) : Math.tanh(a);
      h[at + i] = ph[i] * h[at + i] + (1 - ph[i]) * n;
    }
  }
}

/** y[c] = init[c] + Σ x[from + k] · w[k][c], for c from `first` to `end`. */
function multiply(y, init, x, from, depth, w, columns, first, end) {
  for (let c = first; c < end; c++) y[c] = init[c];
  for (let k = 0; k < depth; k++) {
    const value = x[from + k];
    const row = k * columns;
    for (let c = first; c < end; c++) y[c] += value * w[row + c];
  }
}

function runDense({ inputs, units, kernel, bias }, x, y) {
  for (let row = 0; row * inputs < x.length; row++) {
    const out = y.subarray(row * units, (row + 1) * units);
    multiply(out, bias, x, row * inputs, inputs, kernel, units, 0, units);
    const most = Math.max(...out);
    let sum = 0;
    for (let i = 0; i < units; i++) sum += out[i] = Math.exp(out[i] - most);
    for (let i = 0; i < units; i++) out[i] /= sum;
  }
}
