/** A workload as an ONNX model, in memory. */
import onnxProto from "onnx-proto";

const { ModelProto, TensorProto, AttributeProto } = onnxProto.onnx;
const { FLOAT, INT32, INT64 } = TensorProto.DataType;

/** The operator set in which GRU had its last change. */
const OPSET = 14;

/**
 * Inputs x0, x1, … (T, B, I) or (T, B) by chain, `lengths` (B) where there are some, and, when states are carried, the
 * initial states h0, h1, … (1, B, H); outputs y0, y1, … and g0, g1, …, the final states. A last GRU's y is (T, 1, B, H).
 *
 * @param {import("../workload.mjs").Workload} work
 * @returns {Uint8Array}
 */
export function onnxModel({ chains, carried, lengths }) {
  const graph = new Graph(carried, lengths !== null);
  for (const [chain, layers] of chains.entries()) {
    let value = graph.input(`x${chain}`, layers[0].kind === "embedding" ? INT32 : FLOAT);
    for (const [i, layer] of layers.entries()) value = graph.add(layer, value, i === layers.length - 1);
    graph.output(value, `y${chain}`);
  }
  return graph.finish();
}

class Graph {
  nodes = [];
  initializers = [];
  inputs = [];
  outputs = [];
  states = 0;

  constructor(carried, ragged) {
    this.carried = carried;
    this.lengths = ragged ? this.input("lengths", INT32) : "";
  }

  input(name, type) {
    this.inputs.push({ name, type: { tensorType: { elemType: type } } });
    return name;
  }

  /** Gives a value the name of an output. */
  output(value, name) {
    const node = this.nodes.find(({ output }) => output.includes(value));
    node.output[node.output.indexOf(value)] = name;
    this.outputs.push({ name, type: { tensorType: { elemType: FLOAT } } });
  }

  constant(data, dims) {
    const name = `c${this.initializers.length}`;
    const dataType = data instanceof Float32Array ? FLOAT : INT64;
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initializers.push({ name, dims, dataType, rawData });
    return name;
  }

  node(opType, input, outputs, attribute = []) {
    const output = Array.from({ length: outputs }, (_, i) => `v${this.nodes.length}_${i}`);
    this.nodes.push({ opType, input, output, attribute });
    return output;
  }

  add(layer, x, last) {
    switch (layer.kind) {
      case "embedding":
        return this.node("Gather", [this.constant(layer.weights, [layer.vocabulary, layer.features]), x], 1)[0];
      case "dense": {
        const kernel = this.constant(layer.kernel, [layer.inputs, layer.units]);
        const [logits] = this.node("Gemm", [x, kernel, this.constant(layer.bias, [layer.units])], 1);
        return this.node("Softmax", [logits], 1)[0];
      }
      case "gru": {
        const [y, state] = this.recurrent([layer], x);
        // (T, 1, B, H) has the order of (T, B, H): a model's last output stays as it is.
        if (layer.returnSequences) {
          return last ? y : this.node("Squeeze", [y, this.constant(BigInt64Array.of(1n), [1])], 1)[0];
        }
        return last ? state : this.node("Squeeze", [state, this.constant(BigInt64Array.of(0n), [1])], 1)[0];
      }
      default: {
        const [y] = this.recurrent([layer.forward, layer.backward], x);
        const [turned] = this.node("Transpose", [y], 1, [integers("perm", [0, 2, 1, 3])]);
        return this.node("Reshape", [turned, this.constant(BigInt64Array.of(0n, 0n, -1n), [3])], 1)[0];
      }
    }
  }

  /** @returns {string[]} Y (T, directions, B, H) and Y_h (directions, B, H) */
  recurrent(layers, x) {
    const { units, inputs, resetAfter } = layers[0];
    const count = layers.length;
    const gates = 3 * units;
    const activations = layers.flatMap(({ activation }) => ["Sigmoid", activation === "relu" ? "Relu" : "Tanh"]);
    const initial = this.carried ? this.input(`h${this.states}`, FLOAT) : "";
    const result = this.node(
      "GRU",
      [
        x,
        this.constant(join(layers.map(({ kernel }) => transpose(kernel, inputs, gates))), [count, gates, inputs]),
        this.constant(join(layers.map((layer) => transpose(layer.recurrentKernel, units, gates))), [
          count,
          gates,
          units,
        ]),
        this.constant(
          join(layers.flatMap(({ bias, recurrentBias }) => [bias, recurrentBias ?? new Float32Array(gates)])),
          [count, 2 * gates],
        ),
        this.lengths,
        initial,
      ],
      2,
      [
        integer("hidden_size", units),
        integer("linear_before_reset", resetAfter ? 1 : 0),
        text("direction", count === 2 ? "bidirectional" : "forward"),
        texts("activations", activations),
      ],
    );
    if (this.carried) {
      const name = `g${this.states++}`;
      this.output(result[1], name);
      result[1] = name;
    }
    return result;
  }

  finish() {
    return ModelProto.encode(
      ModelProto.create({
        irVersion: 8,
        opsetImport: [{ domain: "", version: OPSET }],
        producerName: "congruent-bench",
        graph: {
          name: "gru",
          node: this.nodes,
          initializer: this.initializers,
          input: this.inputs,
          output: this.outputs,
        },
      }),
    ).finish();
  }
}

const integer = (name, i) => ({ name, type: AttributeProto.AttributeType.INT, i });
const integers = (name, ints) => ({ name, type: AttributeProto.AttributeType.INTS, ints });
const text = (name, s) => ({ name, type: AttributeProto.AttributeType.STRING, s: new TextEncoder().encode(s) });
const texts = (name, strings) => ({
  name,
  type: AttributeProto.AttributeType.STRINGS,
  strings: strings.map((s) => new TextEncoder().encode(s)),
});

/** (rows, columns) → (columns, rows): ONNX keeps weights by output. */
function transpose(data, rows, columns) {
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned[column * rows + row] = data[row * columns + column];
  }
  return turned;
}

/** @param {Float32Array[]} parts */
function join(parts) {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}
