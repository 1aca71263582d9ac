import { importTool } from "./tools.mjs";

/**
 * Bundles a runtime's main with esbuild, under the runtime's export condition.
 *
 * @param {object} options of esbuild, with `plugins` for the runtime's rule for .wasm
 * @returns {Promise<{ entry: string, text: string }>} the file that `congruent` resolved to, and the bundle
 */
export async function bundle(options) {
  const esbuild = await importTool("esbuild");
  const { metafile, outputFiles } = await esbuild.build({
    bundle: true,
    write: false,
    metafile: true,
    target: "es2022",
    logLevel: "silent",
    ...options,
  });
  const entry = Object.keys(metafile.inputs).find((path) => /congruent\/dist\/index[.\w-]*\.js$/.test(path));
  return { entry: entry ?? "", text: outputFiles[0].text };
}
