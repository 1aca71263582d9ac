// The worker: everything at import and in a test, which is how `workerd test` calls it.
import * as congruent from "congruent";
import * as core from "congruent/core";
import kernel from "congruent/gru.wasm";
import * as int8 from "congruent/int8";
import relaxed from "congruent/int8.wasm";
import plain from "congruent/int8-plain.wasm";
import * as load from "congruent/load";
import * as reference from "congruent/reference";
import { checkCore } from "../core.mjs";
import { engine } from "../engine.mjs";
import { checkFile } from "../file.mjs";
import { runInt8 } from "../int8.mjs";
import { seedLayers, tokens } from "../seed.mjs";
import { check, runSuite } from "../suite.mjs";

// Workers make what they share when they start.
const atStart = congruent.createModel(seedLayers(congruent));

export default {
  async test() {
    if (navigator.userAgent !== "Cloudflare-Workers" || typeof WebSocketPair !== "function" || engine() !== "V8") {
      throw new Error(`not workerd: ${navigator.userAgent}, ${engine()}`);
    }
    const result = {
      engine: "V8",
      suite: runSuite(congruent),
      core: await checkCore(core, { module: () => kernel, "promise of a module": () => Promise.resolve(kernel) }),
      checks: [
        check("a model made when the worker starts", () => {
          const [, , third] = atStart.run(tokens).outputs.data;
          if (third !== -156) throw new Error(`expected -156, got ${third}`);
          return String(third);
        }),
        check("bytes are refused with a clear message", () => refuseBytes()),
        ...(await checkFile("congruent", congruent.loadModel)),
        ...(await checkFile("congruent/load", (source) => load.loadModel(source, core.createKernel(kernel)))),
        ...(await checkFile("congruent/reference", reference.loadModel)),
        ...(await checkFile("congruent/int8", int8.loadModel)),
      ],
      int8: runInt8(int8, {
        "core, int8.wasm": () => core.createKernel(relaxed),
        "core, int8-plain.wasm": () => core.createKernel(plain),
        reference: () => reference,
      }),
      reference: runSuite(reference),
    };
    console.log(JSON.stringify(result));
  },
};

/** The empty module: this runtime compiles nothing at run time. */
function refuseBytes() {
  try {
    core.createKernel(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  } catch (error) {
    if (error.code === "wasm" && /disallowed by embedder/.test(error.message)) return error.message;
    throw error;
  }
  throw new Error("compiled");
}
