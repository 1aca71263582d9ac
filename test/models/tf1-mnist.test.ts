import { describe, expect, it } from "vitest";
import { read } from "../../src/convert/tf1/read.ts";
import { engineTable } from "../conformance/engines.ts";
import { deviation, modelFolder } from "./files.ts";

const folder = modelFolder("tf1-mnist");

/** TensorFlow printed eight decimals; NumPy is 4.6e-7 from them. */
const tolerance = 2e-6;

describe.skipIf(!folder.exists).each(engineTable)("TF1 frozen graph of 100 digits, %s", (_, { createModel }) => {
  it("gives what TensorFlow printed", async () => {
    const model = await read({ name: "frozen_model.pb", bytes: folder.bytes("frozen_model.pb") });
    expect(model).toMatchObject({ framework: "tensorflow", semantics: "tf1", noChain: null });
    expect(model.parts.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "rnn/multi_rnn_cell/cell_0/gru_cell GRUCell",
      "rnn/multi_rnn_cell/cell_1/gru_cell GRUCell",
      "rnn/multi_rnn_cell/cell_2/gru_cell GRUCell",
      "MatMul MatMul+Add+Softmax",
    ]);
    const digits = { data: Float32Array.from(folder.column("input.placeholder.csv")), shape: [100, 28, 28] };
    const layers = model.parts.flatMap((part) => part.layers ?? []);
    const { outputs } = createModel(layers).run(digits, { semantics: model.semantics });
    expect(outputs.shape).toEqual([100, 10]);
    expect(deviation(outputs.data, folder.column("output.prediction.csv"))).toBeLessThanOrEqual(tolerance);
  });
});
