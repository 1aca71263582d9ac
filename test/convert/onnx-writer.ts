import { BinaryWriter } from "@bufbuild/protobuf/wire";

/** ONNX models byte by byte, for those that no exporter would write. */
export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** TensorProto.DataType, default float */
  readonly type?: number;
  /** As `raw_data`. */
  readonly raw?: Uint8Array;
  readonly external?: Readonly<Record<string, string>>;
}

export interface OnnxNode {
  readonly op: string;
  readonly name?: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | string | readonly string[] | Uint8Array>>;
}

export interface OnnxModel {
  readonly opset?: number;
  readonly nodes: readonly OnnxNode[];
  readonly tensors?: readonly OnnxTensor[];
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  readonly outputs?: readonly string[];
  readonly functions?: readonly string[];
}

type Write = (writer: BinaryWriter) => void;

/** A message in a field. */
function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, 2).fork();
  write(writer);
  writer.join();
}

const text = (writer: BinaryWriter, field: number, value: string) => writer.tag(field, 2).string(value);
const whole = (writer: BinaryWriter, field: number, value: number) => writer.tag(field, 0).int64(value);

export function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

export function writeTensor(writer: BinaryWriter, { name, dims, type = 1, raw, external }: OnnxTensor): void {
  for (const size of dims) whole(writer, 1, size);
  whole(writer, 2, type);
  text(writer, 8, name);
  if (raw) writer.tag(9, 2).bytes(raw);
  for (const [key, value] of Object.entries(external ?? {})) {
    message(writer, 13, (entry) => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  if (external) whole(writer, 14, 1);
}

function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 3, node.name ?? "");
  text(writer, 4, node.op);
  for (const [key, value] of Object.entries(node.attributes ?? {})) {
    message(writer, 5, (attribute) => {
      text(attribute, 1, key);
      if (typeof value === "string") text(attribute, 4, value);
      else if (value instanceof Uint8Array) attribute.tag(6, 2).bytes(value);
      else if (typeof value === "number") {
        if (Number.isInteger(value)) whole(attribute, 3, value);
        attribute.tag(2, 5).float(value);
      } else for (const one of value as readonly string[]) text(attribute, 9, one);
    });
  }
  if (node.domain) text(writer, 7, node.domain);
}

export function writeGraph(writer: BinaryWriter, { nodes, tensors = [], inputs = {}, outputs = [] }: OnnxModel): void {
  for (const node of nodes) message(writer, 1, (one) => writeNode(one, node));
  for (const tensor of tensors) message(writer, 5, (one) => writeTensor(one, tensor));
  for (const [name, dims] of Object.entries(inputs)) message(writer, 11, (value) => writeValue(value, name, dims));
  for (const name of outputs) message(writer, 12, (value) => text(value, 1, name));
}

function writeValue(writer: BinaryWriter, name: string, dims: readonly number[]): void {
  text(writer, 1, name);
  message(writer, 2, (type) =>
    message(type, 1, (tensor) =>
      message(tensor, 2, (shape) => {
        for (const size of dims) message(shape, 1, (axis) => whole(axis, 1, size));
      }),
    ),
  );
}

export function writeModel(model: OnnxModel): Uint8Array {
  const writer = new BinaryWriter();
  whole(writer, 1, 8);
  message(writer, 7, (graph) => writeGraph(graph, model));
  message(writer, 8, (opset) => whole(opset, 2, model.opset ?? 14));
  for (const name of model.functions ?? []) {
    message(writer, 25, (one) => {
      text(one, 1, name);
      text(one, 10, "mine");
    });
  }
  return writer.finish();
}
