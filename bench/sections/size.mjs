/** What a page has to load: JavaScript bundled and minified, and WebAssembly, gzipped. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const require = createRequire(import.meta.url);
const folderOf = (name) => dirname(require.resolve(name));

/** The JavaScript that makes and runs a GRU, and the files it fetches. */
const packages = () => {
  const ort = folderOf("onnxruntime-web");
  const tfjs =
    'export { layers, sequential } from "@tensorflow/tfjs-layers"; export { tensor3d, setBackend } from "@tensorflow/tfjs-core"; ';
  return [
    { name: "congruent", source: 'export * from "../dist/index.js";', files: [] },
    {
      name: "onnxruntime-web",
      source: 'export * from "onnxruntime-web/wasm";',
      files: [join(ort, "ort-wasm-simd-threaded.wasm")],
    },
    { name: "tfjs-cpu", source: `${tfjs} import "@tensorflow/tfjs-backend-cpu";`, files: [] },
    {
      name: "tfjs-wasm",
      source: `${tfjs} export { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";`,
      files: [join(folderOf("@tensorflow/tfjs-backend-wasm"), "tfjs-backend-wasm-simd.wasm")],
    },
  ];
};

/** Records: { engine, raw, gzip }, bytes. */
export async function* run() {
  for (const { name, source, files } of packages()) {
    const { outputFiles } = await esbuild.build({
      stdin: { contents: source, resolveDir: new URL("..", import.meta.url).pathname },
      bundle: true,
      minify: true,
      format: "esm",
      platform: "browser",
      write: false,
      logLevel: "error",
      external: ["fs", "path", "util", "worker_threads", "perf_hooks", "os", "crypto"],
    });
    const contents = [...outputFiles.map((file) => file.contents), ...files.map((file) => readFileSync(file))];
    const sum = (measure) => contents.reduce((total, content) => total + measure(content), 0);
    yield {
      case: "import and run a GRU",
      engine: name,
      raw: sum((content) => content.length),
      gzip: sum((content) => gzipSync(content, { level: 9 }).length),
    };
  }
}
