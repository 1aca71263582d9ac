import type { DataObjects } from "jsfive";
import { CongruentError, show } from "../../errors.ts";

/** The message of an object header that holds an attribute. */
const attributeMessage = 12;

/** Classes of datatypes: a text of fixed length, and one (or a list) of any length. */
const textClasses = [3, 9];

/** More than any list of names that Keras writes; jsfive makes a list of the declared length before it reads one. */
const mostTexts = 2 ** 20;

/**
 * An attribute of an object: a text or a list of texts; undefined where there is none of this name, or it holds no text.
 * jsfive would read all attributes of the object, at the lengths that they declare; here it is given the one, checked.
 * Source: HDF5 File Format Specification Version 3.0, IV.A.2.m.
 *
 * @param where the object, for messages
 * @throws CongruentError `file`
 */
export function readAttribute(
  objects: DataObjects,
  buffer: ArrayBuffer,
  name: string,
  where: string,
): string | string[] | undefined {
  const view = new DataView(buffer);
  for (const message of objects.find_msg_type(attributeMessage)) {
    const at = message.get("offset_to_message") as number;
    const version = view.getUint8(at);
    const padded = (size: number) => (version === 1 ? Math.ceil(size / 8) * 8 : size);
    const begin = at + (version === 3 ? 9 : 8);
    const nameSize = view.getUint16(at + 2, true);
    const written = new TextDecoder().decode(new Uint8Array(buffer, begin, nameSize)).replace(/\0.*$/s, "");
    if (written !== name) continue;
    const type = begin + padded(nameSize);
    const shape = objects.determine_data_shape(buffer, type + padded(view.getUint16(at + 4, true)));
    const count = shape.reduce((product, size) => product * size, 1);
    // h5py writes an empty list as one of numbers.
    if (shape.length === 1 && count === 0) return [];
    if (!textClasses.includes(view.getUint8(type) & 15)) return undefined;
    if (!(count <= mostTexts && count * view.getUint32(type + 4, true) <= buffer.byteLength)) {
      throw new CongruentError("file", `${where}, ${name}: damaged: ${count} texts in ${buffer.byteLength} bytes`);
    }
    const [, value] = objects.unpack_attribute(at);
    const text = (item: unknown): string => {
      if (typeof item === "string") return item.replace(/\0+$/, "");
      throw new CongruentError("file", `${where}, ${name}: expected text, got ${show(item)}`);
    };
    return Array.isArray(value) ? value.map(text) : text(value);
  }
  return undefined;
}
