import { keras, kerasJax, onnx, type Peer, pytorch, tf1, tfjs, webnn } from "./peers.ts";
import type { Tolerance } from "./vectors.ts";

/** One file of vectors. */
export interface Suite {
  readonly file: string;
  readonly peer: Peer;
  readonly cases: number;
  /** Instead of each case's own. */
  readonly tolerance?: Tolerance;
}

/** Recorded by running the frameworks; part of this project. */
export const executedSuites: readonly Suite[] = [
  { file: "executed_keras_tensorflow.json", peer: keras, cases: 36 },
  { file: "executed_keras_torch.json", peer: keras, cases: 35 },
  { file: "executed_keras_jax.json", peer: kerasJax, cases: 36 },
  { file: "executed_keras_numpy.json", peer: kerasJax, cases: 36 },
  { file: "executed_onnxruntime_gru.json", peer: onnx, cases: 36 },
  { file: "executed_pytorch_gru.json", peer: pytorch, cases: 8 },
  { file: "executed_tf1_dynamic_rnn.json", peer: tf1, cases: 6 },
  { file: "executed_tfjs_gru.json", peer: tfjs, cases: 10 },
];

/** Transcribed from the frameworks' own tests; beside this project, where the shared folder is. */
export const transcribedSuites: readonly Suite[] = [
  { file: "onnxruntime_deep_cpu_gru.json", peer: onnx, cases: 31 },
  { file: "wpt_webnn_gru.json", peer: webnn, cases: 14 },
  // f64 goldens, given to 1e-13, which f32 cannot meet.
  { file: "webnn_baseline_gru.json", peer: webnn, cases: 19, tolerance: { atol: 2e-6, rtol: 2e-6 } },
  { file: "keras_gru.json", peer: keras, cases: 17 },
  { file: "tfjs_gru.json", peer: tfjs, cases: 5 },
  { file: "tf1_grucell.json", peer: tf1, cases: 2 },
  { file: "onnx_node_gru.json", peer: onnx, cases: 6 },
];

/** Cases that are not run, each with its reason. There are none. */
export const exclusions: readonly { readonly file: string; readonly name: string; readonly reason: string }[] = [];
