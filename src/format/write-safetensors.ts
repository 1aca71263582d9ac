import type { Bytes } from "../tensor.ts";
import type { Safetensors } from "./safetensors.ts";

/**
 * The bytes of a safetensors file: metadata, then tensors in the given order. Its header is ASCII and ends at a multiple
 * of 8, so that the numbers are aligned.
 */
export function writeSafetensors({ metadata, tensors }: Safetensors): Bytes {
  let end = 0;
  const entries = [...tensors].map(([name, { dtype, shape, bytes }]) => {
    const begin = end;
    end += bytes.length;
    return [name, { dtype, shape, data_offsets: [begin, end] }];
  });
  const header = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }).replace(
    /[^ -~]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const headerSize = 8 * Math.ceil(header.length / 8);
  const file = new Uint8Array(8 + headerSize + end);
  new DataView(file.buffer).setUint32(0, headerSize, true);
  for (let i = 0; i < headerSize; i++) file[8 + i] = i < header.length ? header.charCodeAt(i) : 32;
  let at = 8 + headerSize;
  for (const { bytes } of tensors.values()) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}
