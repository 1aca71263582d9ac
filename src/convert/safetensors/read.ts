import { expected } from "../../errors.ts";
import { readSafetensors, type StoredTensor } from "../../format/safetensors.ts";
import { type Dtype, toFloat32 } from "../dtype.ts";
import type { ForeignFile, ForeignModel } from "../foreign.ts";
import type { NamedTensor } from "../named-tensor.ts";
import { readTensors, type TensorFileOptions } from "../tensors.ts";

/** By safetensors' names; BOOL and the 8-bit floats are no weights of a layer. */
const dtypes: Readonly<Record<string, Dtype>> = {
  F16: "f16",
  BF16: "bf16",
  F32: "f32",
  F64: "f64",
  I8: "i8",
  U8: "u8",
  I16: "i16",
  U16: "u16",
  I32: "i32",
  U32: "u32",
  I64: "i64",
  U64: "u64",
};

/**
 * A state dict in safetensors, as `safetensors.torch.save_file` writes it. (congruent's own files, which are safetensors
 * too, are for `loadModel`.)
 *
 * @throws CongruentError `file`: damaged; `option`, `weights` or `unsupported`
 */
export async function read(file: ForeignFile, options: TensorFileOptions = {}): Promise<ForeignModel> {
  const { tensors } = readSafetensors(file.bytes, file.name);
  const named = new Map([...tensors].map(([name, tensor]) => [name, toNamed(tensor)]));
  return readTensors(named, options, { format: "safetensors", framework: "pytorch", version: null });
}

function toNamed({ dtype, shape, bytes }: StoredTensor): NamedTensor {
  return {
    dtype,
    shape,
    bytes: bytes.length,
    read(where) {
      if (!Object.hasOwn(dtypes, dtype)) {
        throw expected("unsupported", where, `one of ${Object.keys(dtypes).join(", ")}`, dtype);
      }
      return { data: toFloat32(bytes, dtypes[dtype], true, where), shape };
    },
  };
}
