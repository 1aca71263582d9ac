import type { ForeignFile, ForeignModel } from "../foreign.ts";
import { readTensors, type TensorFileOptions } from "../tensors.ts";
import { readCheckpoint } from "./checkpoint.ts";

/**
 * A checkpoint of PyTorch (`.pt`, `.pth`, `.tar`: a zip file whatever its name) → the GRUs of its state dicts.
 *
 * Nothing in it is executed: what its pickle may name is a short list of functions that make tensors and containers.
 *
 * @throws CongruentError `file`: damaged; `unsupported`: a file of before PyTorch 1.6, TorchScript, or objects whose code
 *   would have to run; `option`
 */
export async function read(file: ForeignFile, options: TensorFileOptions = {}): Promise<ForeignModel> {
  const tensors = readCheckpoint(file.bytes, file.name);
  return readTensors(tensors, options, { format: "pytorch", framework: "pytorch", version: null });
}
