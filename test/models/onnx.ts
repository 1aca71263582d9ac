import protobuf from "protobufjs";

/** The part of onnx.proto3 that the GRU node tests use. */
const schema = protobuf.parse(
  `
  syntax = "proto3";
  message TensorProto {
    repeated int64 dims = 1;
    int32 data_type = 2;
    repeated float float_data = 4;
    string name = 8;
    bytes raw_data = 9;
  }
  message AttributeProto {
    string name = 1;
    float f = 2;
    int64 i = 3;
    bytes s = 4;
    repeated float floats = 7;
    repeated int64 ints = 8;
    repeated bytes strings = 9;
  }
  message NodeProto {
    repeated string input = 1;
    repeated string output = 2;
    string op_type = 4;
    repeated AttributeProto attribute = 5;
  }
  message GraphProto { repeated NodeProto node = 1; }
  message ModelProto { GraphProto graph = 7; }
`,
  { keepCase: true },
).root;

/** A tensor of a test_data_set folder. */
export interface OnnxTensor {
  readonly name: string;
  readonly data: Float32Array;
  readonly shape: number[];
}

/** An `input_N.pb` or `output_N.pb` file. */
export function decodeTensor(bytes: Uint8Array): OnnxTensor {
  const type = schema.lookupType("TensorProto");
  const tensor = type.toObject(type.decode(bytes), { longs: Number, defaults: true, arrays: true }) as {
    dims: number[];
    data_type: number;
    float_data: number[];
    name: string;
    raw_data: Uint8Array;
  };
  if (tensor.data_type !== 1) throw new Error(`${tensor.name}: expected data type 1 (float), got ${tensor.data_type}`);
  // A copy: in the file, raw bytes need not begin where a float may.
  const raw = Uint8Array.from(tensor.raw_data);
  const data = raw.length > 0 ? new Float32Array(raw.buffer) : tensor.float_data;
  return { name: tensor.name, data: Float32Array.from(data), shape: tensor.dims };
}

/** The one node of a `model.onnx`: the names of its inputs and outputs ("" for one that is not there), its attributes. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly integers: Readonly<Record<string, number>>;
  readonly strings: Readonly<Record<string, string>>;
}

/** A model of a single node. */
export function decodeNode(bytes: Uint8Array): OnnxNode {
  const type = schema.lookupType("ModelProto");
  const model = type.toObject(type.decode(bytes), { longs: Number, arrays: true }) as {
    graph: {
      node: {
        op_type: string;
        input: string[];
        output: string[];
        attribute: { name: string; i?: number; s?: Uint8Array }[];
      }[];
    };
  };
  const [node] = model.graph.node;
  if (model.graph.node.length !== 1) throw new Error(`expected 1 node, got ${model.graph.node.length}`);
  const integers: Record<string, number> = {};
  const strings: Record<string, string> = {};
  for (const { name, i, s } of node.attribute) {
    if (i !== undefined) integers[name] = i;
    if (s !== undefined) strings[name] = new TextDecoder().decode(s);
  }
  return { op: node.op_type, inputs: node.input, outputs: node.output, integers, strings };
}
