import { Budget, Message } from "../../protobuf.ts";
import { type NodeProto, readGraph } from "../proto.ts";

/**
 * Why a `Loop`, `Scan` or `If` is not read, and what to do about it; null for any other operator. A loop whose body has
 * the operators of a GRU is what tf2onnx writes when it does not know the cell.
 *
 * @throws CongruentError `file`: the graph inside is damaged
 */
export function explainLoop({ operator, name, attributes }: NodeProto): string | null {
  if (operator !== "Loop" && operator !== "Scan" && operator !== "If") return null;
  const body = attributes.get("body")?.g;
  if (operator === "If" || !body) return "it runs a graph inside, which is not followed";
  const nodes = readGraph(new Message(body, new Budget(body.length), "body")).nodes;
  const has = (wanted: string) => nodes.some((node) => node.operator === wanted);
  const recurrent = (has("Sigmoid") || has("Tanh")) && (has("MatMul") || has("Gemm"));
  if (!recurrent && !/gru|rnn/i.test(name)) return "it runs a graph inside, which is not followed";
  return (
    `a recurrent cell written out as a ${operator}, as tf2onnx does when it does not recognise a GRU: ` +
    "its weights cannot be told apart safely; load the Keras file (.keras, .h5) or the TensorFlow graph that it was " +
    "made from, or export it with a GRU operator"
  );
}
