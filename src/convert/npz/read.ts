import { expected } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { itemSize } from "../dtype.ts";
import type { ForeignFile, ForeignModel } from "../foreign.ts";
import { countNumbers, type NamedTensor } from "../named-tensor.ts";
import { readTensors, type TensorFileOptions } from "../tensors.ts";
import { ZipArchive } from "../zip/archive.ts";
import { type NpyHeader, readNpy, readNpyHeader } from "./npy.ts";

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
    tensors.set(entry.slice(0, -".npy".length), new NpzArray(archive, entry, `${file.name}, ${entry}`));
  }
  return readTensors(tensors, options, { format: "npz", framework: "numpy", version: null });
}

/** An array whose bytes are read when it is asked for: one that is no numbers may stand beside those that are. */
class NpzArray implements NamedTensor {
  readonly #archive: ZipArchive;
  readonly #entry: string;
  readonly #where: string;
  #read: { bytes: Uint8Array; header: NpyHeader } | undefined;

  constructor(archive: ZipArchive, entry: string, where: string) {
    this.#archive = archive;
    this.#entry = entry;
    this.#where = where;
  }

  get #file(): { bytes: Uint8Array; header: NpyHeader } {
    if (this.#read === undefined) {
      const bytes = this.#archive.read(this.#entry);
      this.#read = { bytes, header: readNpyHeader(bytes, this.#where) };
    }
    return this.#read;
  }

  get dtype(): string {
    return this.#file.header.dtype;
  }

  get shape(): readonly number[] {
    return this.#file.header.shape;
  }

  get bytes(): number {
    return countNumbers(this.shape) * itemSize[this.#file.header.dtype];
  }

  read(): Tensor {
    return readNpy(this.#file.bytes, this.#where);
  }
}
