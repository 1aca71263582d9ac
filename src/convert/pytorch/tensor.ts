import { expected, showShape } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { type Dtype, itemSize, numberReader, toFloat32 } from "../dtype.ts";
import { countNumbers, type NamedTensor } from "../named-tensor.ts";
import { Foreign } from "../pickle/values.ts";

/** How a storage holds its numbers, by PyTorch's name. */
export class TorchType extends Foreign {
  override readonly what: string;

  constructor(
    readonly name: string,
    readonly size: number,
    /** null where its numbers cannot be read as real ones. */
    readonly dtype: Dtype | null,
  ) {
    super();
    this.what = `torch.${name}`;
  }
}

/** PyTorch's types by name. Those without a dtype may be in a checkpoint, but not in a layer. */
export const torchTypes: Readonly<Record<string, TorchType>> = Object.fromEntries(
  (
    [
      ["float16", 2, "f16"],
      ["bfloat16", 2, "bf16"],
      ["float32", 4, "f32"],
      ["float64", 8, "f64"],
      ["int8", 1, "i8"],
      ["uint8", 1, "u8"],
      ["int16", 2, "i16"],
      ["uint16", 2, "u16"],
      ["int32", 4, "i32"],
      ["uint32", 4, "u32"],
      ["int64", 8, "i64"],
      ["uint64", 8, "u64"],
      ["bool", 1, null],
      ["complex32", 4, null],
      ["complex64", 8, null],
      ["complex128", 16, null],
      ["float8_e4m3fn", 1, null],
      ["float8_e4m3fnuz", 1, null],
      ["float8_e5m2", 1, null],
      ["float8_e5m2fnuz", 1, null],
      ["qint8", 1, null],
      ["quint8", 1, null],
      ["qint32", 4, null],
    ] as const
  ).map(([name, size, dtype]) => [name, new TorchType(name, size, dtype)]),
);

/** What tensors of one file share. */
export interface TorchFile {
  readonly littleEndian: boolean;
  /** The bytes of a storage, checked. */
  readonly storage: (key: string) => Uint8Array;
  /** How many numbers may still be read: tensors can show one storage many times over. */
  budget: number;
}

/** Numbers in a row, that tensors show parts of. */
export class TorchStorage extends Foreign {
  override readonly what = "a storage";

  constructor(
    readonly file: TorchFile,
    readonly key: string,
    readonly type: TorchType,
    /** How many numbers. */
    readonly length: number,
  ) {
    super();
  }
}

/** A view of a storage: numbers at `offset + Σ index · stride`. */
export class TorchTensor extends Foreign implements NamedTensor {
  override readonly what = "a tensor";
  readonly bytes: number;

  constructor(
    readonly storage: TorchStorage,
    readonly type: TorchType,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly stride: readonly number[],
  ) {
    super();
    this.bytes = countNumbers(shape) * type.size;
  }

  get dtype(): string {
    return this.type.name;
  }

  read(where: string): Tensor {
    const { storage, type, offset, shape, stride } = this;
    const { file } = storage;
    if (type.dtype === null) {
      throw expected("unsupported", where, "real numbers that are neither quantised nor 8 bits", type.what);
    }
    const count = countNumbers(shape);
    if (count > file.budget) throw expected("file", where, `at most ${file.budget} numbers more`, showShape(shape));
    file.budget -= count;
    const all = file.storage(storage.key);
    const size = itemSize[type.dtype];
    if (isContiguous(shape, stride)) {
      const bytes = all.subarray(offset * size, (offset + count) * size);
      return { data: toFloat32(bytes, type.dtype, file.littleEndian, where), shape };
    }
    const read = numberReader(all, type.dtype, file.littleEndian, where);
    const data = new Float32Array(count);
    const index = shape.map(() => 0);
    let from = offset;
    for (let i = 0; i < count; i++) {
      data[i] = read(from);
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        from += stride[axis];
        if (++index[axis] < shape[axis]) break;
        from -= shape[axis] * stride[axis];
        index[axis] = 0;
      }
    }
    return { data, shape };
  }
}

/** Whether numbers lie in row-major order without gaps; the stride of an axis of 1 does not matter. */
function isContiguous(shape: readonly number[], stride: readonly number[]): boolean {
  let wanted = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== wanted) return false;
    wanted *= shape[axis];
  }
  return true;
}

/** A tensor that has no numbers of its own: a sparse one, or one on the meta device. */
export class UnreadableTensor extends Foreign implements NamedTensor {
  override readonly what: string;
  readonly dtype: string;
  readonly shape: readonly number[] = [0];
  readonly bytes = 0;

  /** @param what with its article */
  constructor(what: string) {
    super();
    this.what = what;
    this.dtype = what;
  }

  read(where: string): Tensor {
    throw expected("unsupported", where, "a dense tensor with its numbers", this.what);
  }
}
