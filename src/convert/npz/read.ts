import { expected } from "../../errors.ts";
import { itemSize } from "../dtype.ts";
import type { ForeignFile, ForeignModel } from "../foreign.ts";
import { countNumbers, type NamedTensor } from "../named-tensor.ts";
import { readTensors, type TensorFileOptions } from "../tensors.ts";
import { ZipArchive } from "../zip/archive.ts";
import { readNpy, readNpyHeader } from "./npy.ts";

/**
 * NumPy's `.npz`, compressed or not: a zip of `.npy` files. With a mapping it is what the mapping says; without one it is
 * read as a PyTorch state dict, which is what `np.savez(path, **state)` makes.
 *
 * @throws CongruentError `file`: damaged; `unsupported`: arrays that are no numbers; `option`
 */
export async function read(file: ForeignFile, options: TensorFileOptions = {}): Promise<ForeignModel> {
  const archive = new ZipArchive(file.bytes, file.name);
  const tensors = new Map<string, NamedTensor>();
  for (const entry of archive.names) {
    if (!entry.endsWith(".npy")) throw expected("file", file.name, "arrays, NAME.npy", entry);
    tensors.set(entry.slice(0, -".npy".length), readArray(archive, entry, `${file.name}, ${entry}`));
  }
  return readTensors(tensors, options, { format: "npz", framework: "numpy", version: null });
}

function readArray(archive: ZipArchive, entry: string, where: string): NamedTensor {
  const bytes = archive.read(entry);
  const { dtype, shape } = readNpyHeader(bytes, where);
  return {
    dtype,
    shape,
    bytes: countNumbers(shape) * itemSize[dtype],
    read: (place) => readNpy(bytes, `${where}: ${place}`),
  };
}
