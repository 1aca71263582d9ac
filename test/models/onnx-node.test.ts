import { describe, expect, it } from "vitest";
import { readModel, readTensorFile } from "../../src/convert/onnx/proto.ts";
import { read } from "../../src/convert/onnx/read.ts";
import { readFloats } from "../../src/convert/onnx/tensor.ts";
import { engineTable } from "../conformance/engines.ts";
import { deviation, modelFolder } from "./files.ts";

const folder = modelFolder("onnx-node");
const names = ["test_gru_defaults", "test_gru_with_initial_bias", "test_gru_seq_length", "test_gru_batchwise"];

/** The tests' own is rtol 1e-3; these values were met to 1.4e-8 in f64. */
const tolerance = 1e-6;

/** A tensor of a test_data_set folder. */
function tensor(path: string) {
  const proto = readTensorFile(folder.bytes(path), path);
  return { name: proto.name, data: readFloats(proto), shape: [...proto.shape] };
}

describe.skipIf(!folder.exists).each(engineTable)("ONNX node tests, %s", (_, { createModel }) => {
  it.each(names)("%s", async (name) => {
    const file = { name: `${name}/model.onnx`, bytes: folder.bytes(`${name}/model.onnx`) };
    const { graph } = readModel(file.bytes, name);
    const all = (kind: "input" | "output") =>
      graph[`${kind}s`].map((_, index) => tensor(`${name}/test_data_set_0/${kind}_${index}.pb`));
    const { X, ...inputs } = Object.fromEntries(all("input").map((one) => [one.name, one]));
    const expected = Object.fromEntries(all("output").map((one) => [one.name, one]));

    // Their weights are inputs of the graph: not in the file, and given beside it.
    const [refused] = (await read(file)).parts;
    expect(refused.layers).toBeNull();
    expect(refused.refusal).toContain('its W is an input of the graph, "W"');
    const weights = Object.fromEntries(Object.entries(inputs).map(([key, { data, shape }]) => [key, { data, shape }]));
    const model = await read(file, { inputs: weights });
    expect(model.noChain).toBeNull();

    // Layout 0 is [time, batch, features]; 1 is [batch, time, features], and puts directions behind the batch.
    const layout = graph.nodes[0].attributes.get("layout")?.i ?? 0;
    const { outputs, states } = createModel(model.parts[0].layers ?? []).run(X, {
      timeMajor: layout === 0,
      semantics: model.semantics,
    });
    expect(deviation(states[0].data, expected.Y_h.data)).toBeLessThanOrEqual(tolerance);
    if (expected.Y) expect(deviation(outputs.data, expected.Y.data)).toBeLessThanOrEqual(tolerance);
  });
});
