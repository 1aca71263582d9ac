import { describe, expect, it } from "vitest";
import { fromOnnx } from "../../src/convert/onnx/gru.ts";
import { gru } from "../../src/kernel/layers.ts";
import { engineTable } from "../conformance/engines.ts";
import { deviation, modelFolder } from "./files.ts";
import { decodeNode, decodeTensor } from "./onnx.ts";

const folder = modelFolder("onnx-node");
const names = ["test_gru_defaults", "test_gru_with_initial_bias", "test_gru_seq_length", "test_gru_batchwise"];

/** The tests' own is rtol 1e-3; these values were met to 1.4e-8 in f64. */
const tolerance = 1e-6;

describe.skipIf(!folder.exists).each(engineTable)("ONNX node tests, %s", (_, { createModel }) => {
  it.each(names)("%s", (name) => {
    const node = decodeNode(folder.bytes(`${name}/model.onnx`));
    const tensors = (kind: "input" | "output", wanted: readonly string[]) =>
      Object.fromEntries(
        wanted
          .filter((tensor) => tensor !== "")
          .map((tensor, index) => {
            const decoded = decodeTensor(folder.bytes(`${name}/test_data_set_0/${kind}_${index}.pb`));
            expect(decoded.name).toBe(tensor);
            return [tensor, decoded];
          }),
      );
    const { X, W, R, B } = tensors("input", node.inputs);
    const expected = tensors("output", node.outputs);
    expect(node.op).toBe("GRU");
    const { hidden_size, layout = 0, ...others } = node.integers;
    expect(others).toEqual({});

    const model = createModel([gru(fromOnnx({ W, R, ...(B ? { B } : {}), hidden_size, ...node.strings }))]);
    // Layout 0 is [time, batch, features]; 1 is [batch, time, features], and puts directions behind the batch.
    const { outputs, states } = model.run(X, { timeMajor: layout === 0, semantics: "onnx" });
    expect(deviation(states[0].data, expected.Y_h.data)).toBeLessThanOrEqual(tolerance);
    if (expected.Y) expect(deviation(outputs.data, expected.Y.data)).toBeLessThanOrEqual(tolerance);
  });
});
