// @ts-check
// Are tf.nn.dynamic_rnn and keras.layers.RNN(cell) identical? The experiment that answers it, then the same padded
// batch under the rules of every framework. `npm start`, or `node examples/seed/main.mjs` after `npm run build`.

import { showPresets } from "./presets.mjs";
import { showSeed } from "./seed.mjs";
import { showStep } from "./step.mjs";

showSeed();
showPresets();
showStep();
