import type { Preset } from "../../sequence/semantics.ts";

/** Which Keras wrote a configuration: what it says depends on that. */
export interface Dialect {
  /** 1, 2 or 3. */
  readonly major: 1 | 2 | 3;
  /** Whether TF.js wrote it, in the words of Keras 2. */
  readonly tfjs: boolean;
  /** Keras as a package of its own, before it became TensorFlow's (2.4). */
  readonly standalone: boolean;
  readonly version: string | null;
  /** The back end, as the file says, or null. */
  readonly backend: string | null;
}

/**
 * @param version `keras_version` of the file; the files of the first Keras have none
 * @param backend its `backend`
 */
export function readDialect(version: string | null, backend: string | null): Dialect {
  const tfjs = version?.startsWith("tfjs") ?? false;
  const [major, minor] = (version ?? "1").split(".").map(Number);
  const standalone = !tfjs && (major < 2 || (major === 2 && minor < 4 && !version?.endsWith("-tf")));
  return { major: tfjs || major === 2 ? 2 : major >= 3 ? 3 : 1, tfjs, standalone, version, backend };
}

/**
 * What the framework does with padding.
 *
 * @param pairs whether there is a bidirectional layer that returns sequences
 */
export function readSemantics({ tfjs, standalone, backend }: Dialect, pairs: boolean): Preset {
  if (backend === "jax" || backend === "numpy") return "keras-jax";
  // Before tf.keras, Bidirectional did not force padded outputs to 0 either. Where the steps before the first valid one
  // hold what the state was, the two differ with an initial state only.
  return tfjs || (standalone && pairs) ? "tfjs" : "keras";
}
