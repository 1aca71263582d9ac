// The build, from assembly/ and src/ to dist/. Usage: node build.mjs [--wasm-only | --if-stale | --readme]
//
//   --wasm-only  only the modules and build/inline*.js: enough for the tests that import src/
//   --if-stale   do nothing when dist/ is newer than every source
//   --readme     also write the sizes into README.md

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import asc from "assemblyscript/asc";
import binaryen from "binaryen";
import * as esbuild from "esbuild";
import { minify } from "terser";
import { alignLocals } from "./assembly/align-locals.mjs";

/**
 * Upper bounds in bytes. 1 KB is 1000 bytes here, the stricter reading. Those of the entries are for all that they export,
 * without what they import later. What was promised is 20 KB for congruent and 11 KB for congruent/core; the first is what
 * stands today, so that nothing grows unseen.
 */
const budgets = { wasm: 16_000, "congruent gzip": 17_900, "congruent/core gzip": 11_000 };

/**
 * Binaryen's function passes of optimizeLevel 3, in the compiler's order, without those that keep what can be computed
 * again: engines do that, and gzip likes what repeats.
 */
const passes = [
  ["ssa-nomerge", "simplify-locals-nostructure", "flatten", "vacuum"],
  ["simplify-locals-notee-nostructure", "vacuum", "licm", "merge-locals", "reorder-locals"],
  ["optimize-instructions", "dce", "remove-unused-brs", "remove-unused-names", "merge-blocks", "precompute"],
  ["simplify-locals-notee-nostructure", "vacuum", "reorder-locals", "coalesce-locals"],
  ["simplify-locals", "coalesce-locals", "reorder-locals", "vacuum", "rse", "vacuum"],
  ["remove-unused-brs", "remove-unused-names", "merge-blocks", "optimize-instructions"],
].flat();

/** Those that leave every value where it is made, in a local of its own. */
const simplePasses = ["optimize-instructions", "remove-unused-brs", "vacuum", "ssa-nomerge"];

/**
 * The functions that have activations inlined, for assembly/align-locals.mjs. The first are the hot ones: with all constants read
 * once for several vectors, they take a quarter less time.
 */
const activating = { share: /^assembly\/(gates|eight)\//, follow: /^assembly\/(activation|dense)\// };

/** The public entries, by the name of their file in dist/. */
const entries = {
  index: { name: "congruent", source: "src/index.ts" },
  core: { name: "congruent/core", source: "src/core.ts" },
  reference: { name: "congruent/reference", source: "src/reference/index.ts" },
  load: { name: "congruent/load", source: "src/load.ts" },
  layers: { name: "congruent/layers", source: "src/layers/index.ts" },
  convert: { name: "congruent/convert", source: "src/convert/index.ts" },
  int8: { name: "congruent/int8", source: "src/int8/index.ts" },
};

/** Layers that an app may use beside createModel: what it then ships shows what a bundle leaves out. */
const partialLayers = [["gru"], ["gru", "dense"], ["embedding", "masking", "gru", "dense"]];

/** @typedef {Record<string, { raw: number, gzip: number }>} Sizes */

/** Twins of entries for runtimes in which the module has to be imported, by the export condition in package.json. */
const twins = {
  "index.workerd": "src/index.workerd.ts",
  "index.edge-light": "src/index.edge-light.ts",
  "int8.workerd": "src/int8/index.workerd.ts",
  "int8.edge-light": "src/int8/index.edge-light.ts",
};

/** The modules in dist/. */
const modules = ["gru.wasm", "int8.wasm", "int8-plain.wasm"];

const root = fileURLToPath(new URL(".", import.meta.url));
const require = createRequire(import.meta.url);
const options = new Set(process.argv.slice(2));
process.chdir(root);

/**
 * All that makes models is in one file that every entry shares, where esbuild would make one for every combination of
 * entries (and of what they import later): each file more is a third of a millisecond of every cold start. Bundlers leave
 * out what an app does not use.
 *
 * @type {esbuild.Plugin}
 */
const sharing = {
  name: "sharing",
  setup(build) {
    const sources = [entries.core.source, entries.reference.source, "src/kernel/software.ts", "src/kernel/decode.ts"];
    const shared = sources.map((source) => join(root, source));
    const all = new Set([
      ...Object.values(entries).map(({ source }) => join(root, source)),
      ...Object.values(twins).map((twin) => join(root, twin)),
      ...importedLater(),
    ]);
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!all.has(path)) return undefined;
      const imports = shared.filter((other) => other !== path).map((other) => `import ${JSON.stringify(other)};\n`);
      return { contents: readFileSync(path, "utf8") + imports.join(""), loader: "ts" };
    });
  },
};

/** @type {esbuild.Plugin} */
const withoutLater = {
  name: "without-later",
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};

/** The sources that others import when they need them. */
function importedLater() {
  return sourcesOf("src").flatMap((file) => {
    const targets = readFileSync(file, "utf8").matchAll(/\bimport\("(\.[^"]+)"\)/g);
    return Array.from(targets, ([, target]) => join(root, file, "..", target));
  });
}

/** @param {string} folder */
function sourcesOf(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith(".ts"));
}

if (options.has("--if-stale") && isFresh()) process.exit(0);
await buildWasm();
if (!options.has("--wasm-only")) {
  await buildPackage();
  reportSizes();
}

function isFresh() {
  if (!existsSync("dist/index.js")) return false;
  const built = statSync("dist/index.js").mtimeMs;
  const sources = ["assembly", "src"].flatMap(sourcesOf);
  return [...sources, "build.mjs", "assembly/align-locals.mjs", "asconfig.json", "package.json"].every(
    (file) => statSync(file).mtimeMs <= built,
  );
}

/** assembly/ → the modules in build/ with their texts, build/inline.js, build/inline-int8.js */
async function buildWasm() {
  const gru = await compile("gru", "index", []);
  const relaxed = await compile("int8", "int8", ["--enable", "relaxed-simd"]);
  const plain = await compile("int8-plain", "int8", []);
  writeInlined("inline", { text: ["gru", gru] });
  writeInlined("inline-int8", { relaxed: ["int8", relaxed], plain: ["int8-plain", plain] });
}

/**
 * @param {string} name of the module
 * @param {string} entry in assembly/; INT8 is a constant there, so that the branches of another module leave no code
 * @param {string[]} features
 */
async function compile(name, entry, features) {
  const constants = ["--use", `INT8=${Number(entry === "int8")}`];
  const { error, stderr } = await asc.main([`assembly/${entry}.ts`, "--target", "release", ...constants, ...features]);
  if (error) fail(`asc: ${error.message}\n${stderr}`);
  process.stderr.write(stderr.toString());
  const { bytes, text } = optimize(readFileSync("build/asc.wasm"));
  // This process may have no relaxed SIMD: then it cannot compile such a module, only say which one it is.
  if (features.length === 0 || WebAssembly.validate(bytes)) checkWasm(name, bytes, text);
  replaceFile(`build/${name}.wasm`, bytes);
  replaceFile(`build/${name}.wat`, text);
  return bytes;
}

/**
 * @param {string} file in build/
 * @param {Record<string, [module: string, bytes: Uint8Array]>} texts by the names of its exports
 */
function writeInlined(file, texts) {
  const all = Object.entries(texts);
  replaceFile(
    `build/${file}.js`,
    all.map(([name, [, bytes]]) => `export const ${name} =\n  "${encode(bytes)}";\n`).join(""),
  );
  replaceFile(
    `build/${file}.d.ts`,
    all
      .map(
        ([name, [module]]) =>
          `/** build/${module}.wasm, as src/kernel/decode.ts reads it. */\nexport declare const ${name}: string;\n`,
      )
      .join(""),
  );
}

/**
 * Optimizes every function but the matrix tiles, which have to stay in the order of their source: these passes move each
 * sum to where it is used next, and the tile spills. What has activations inlined stays in its order too, so that the
 * copies are alike, and gets locals that make them the same.
 *
 * @param {Uint8Array} compiled at optimizeLevel 1, with names
 */
function optimize(compiled) {
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  const whole = withFeatures(binaryen.readBinary(compiled));
  for (let i = 0; i < whole.getNumFunctions(); i++) {
    const reference = whole.getFunctionByIndex(i);
    const { name } = binaryen.getFunctionInfo(reference);
    if (Object.values(activating).some((names) => names.test(name))) {
      whole.runPassesOnFunction(reference, simplePasses);
    } else if (!/^assembly\/(matmul|tile)(-int8)?\//.test(name)) whole.runPassesOnFunction(reference, passes);
  }
  const module = withFeatures(binaryen.parseText(alignLocals(whole.emitText(), activating)));
  joinData(module);
  const text = module.emitText();
  if (!module.validate()) fail("align-locals.mjs made a module that is not valid");
  binaryen.setDebugInfo(false);
  module.runPasses(["strip-debug", "strip-producers"]);
  return { bytes: module.emitBinary(), text };
}

/** @param {binaryen.Module} module */
function withFeatures(module) {
  const { SIMD128, RelaxedSIMD, BulkMemory, BulkMemoryOpt, MutableGlobals, SignExt, NontrappingFPToInt } =
    binaryen.Features;
  module.setFeatures(
    SIMD128 | RelaxedSIMD | BulkMemory | BulkMemoryOpt | MutableGlobals | SignExt | NontrappingFPToInt,
  );
  return module;
}

/**
 * Makes one data segment of all of them. The compiler leaves out zeros, and so makes a segment of every constant, with a
 * head as long as the constant.
 *
 * @param {binaryen.Module} module
 */
function joinData(module) {
  const segments = Array.from({ length: module.getNumDataSegments() }, (_, i) =>
    module.getDataSegmentInfo(module.getDataSegmentByIndex(i)),
  );
  const begin = Math.min(...segments.map(({ offset }) => offset));
  const data = new Uint8Array(Math.max(...segments.map(({ offset, data }) => offset + data.byteLength)) - begin);
  for (const segment of segments) data.set(new Uint8Array(segment.data), segment.offset - begin);
  const { initial, max = -1 } = module.getMemoryInfo("0");
  module.setMemory(initial, max, null, [{ offset: module.i32.const(begin), data }], false, false, "0");
}

/**
 * Bytes → a text for a string literal, which src/kernel/decode.ts undoes. Bytes stay apart from each other, so gzip finds
 * in the text what it would find in the bytes; base64 would hide it, and be a third larger when compressed.
 *
 * @param {Uint8Array} bytes
 */
function encode(bytes) {
  let text = "";
  for (const byte of bytes) {
    const rotated = (byte + 3) & 255;
    const page = Math.floor(rotated / 89);
    const code = 35 + (rotated % 89);
    text += ["", "}", "~"][page] + String.fromCharCode(code < 92 ? code : code + 1);
  }
  return text;
}

/**
 * The module must load anywhere and be called with plain numbers.
 *
 * @param {string} file
 * @param {Uint8Array} bytes
 * @param {string} text
 */
function checkWasm(file, bytes, text) {
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module);
  if (imports.length > 0)
    fail(`${file}.wasm imports ${imports.map((i) => `${i.module}.${i.name}`).join(", ")}: expected none`);
  for (const { name, kind } of WebAssembly.Module.exports(module)) {
    if (kind === "memory") continue;
    if (kind !== "function") fail(`${file}.wasm exports the ${kind} ${name}: expected functions and the memory only`);
    const inner = text.match(new RegExp(`\\(export "${name}" \\(func (\\S+)\\)\\)`))?.[1] ?? "";
    const signature = text
      .split("\n")
      .find((line) => line.trimStart().startsWith(`(func ${inner} `) || line.trim() === `(func ${inner}`);
    if (signature === undefined) fail(`${file}.wat does not define ${name}`);
    // i64 would be a BigInt in JavaScript, v128 and references cannot be passed at all.
    if (/\b(i64|v128|\w+ref)\b/.test(signature.replaceAll(/\$\S+/g, "")))
      fail(`${file}.wasm exports ${name} with a type that is not a number: ${signature.trim()}`);
  }
  if (file === "gru" && bytes.length >= budgets.wasm)
    fail(`gru.wasm has ${bytes.length} bytes: expected less than ${budgets.wasm}`);
}

/** src/ and build/ → dist/, which is replaced as a whole. */
async function buildPackage() {
  const stage = `build/dist-${process.pid}`;
  process.on("exit", () => rmSync(stage, { recursive: true, force: true }));
  const { metafile } = await esbuild.build({
    entryPoints: {
      ...Object.fromEntries(Object.entries(entries).map(([file, { source }]) => [file, source])),
      ...twins,
    },
    outdir: stage,
    external: ["*.wasm", "*.wasm?module"],
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minifySyntax: true,
    plugins: [sharing],
    // package.json says that no module has effects; here those that count as imported must stay.
    ignoreAnnotations: true,
    legalComments: "none",
    chunkNames: "shared-[hash]",
    metafile: true,
    logLevel: "warning",
  });
  for (const file of readdirSync(stage)) {
    const { code } = await minify(readFileSync(join(stage, file), "utf8"), {
      module: true,
      ecma: 2020,
      // reduce_funcs would move functions into those that call them, which then make them anew in every call.
      compress: { passes: 3, pure_getters: true, reduce_funcs: false },
    });
    // Such imports have done what they are for, and users' bundlers would warn of them.
    const script = code?.replaceAll(/\bimport"\.\/shared-\w+\.js";/g, "");
    writeFileSync(join(stage, file), `${script}\n`);
  }
  const command = await buildCommand(stage);
  const types = spawnSync(
    process.execPath,
    [require.resolve("typescript/bin/tsc"), "-p", "tsconfig.build.json", "--outDir", stage],
    { encoding: "utf8" },
  );
  if (types.status !== 0) fail(`tsc: ${types.stdout}${types.stderr}`);
  finishTypes(stage);
  for (const file of modules) {
    writeFileSync(join(stage, file), readFileSync(`build/${file}`));
    writeFileSync(
      join(stage, `${file}.d.ts`),
      "/** The compiled module, where an import of .wasm gives that: in Cloudflare Workers, and by their bundlers. */\n" +
        "declare const module: object;\nexport default module;\n",
    );
  }
  writeFileSync(
    join(stage, "LICENSES.txt"),
    thirdPartyLicenses([metafile, command].flatMap(({ inputs }) => Object.keys(inputs))),
  );
  rmSync("dist", { recursive: true, force: true });
  renameSync(stage, "dist");
  for (const [mark, measured] of Object.entries(await measure())) {
    replaceFile(`build/${mark}.json`, `${JSON.stringify(measured, null, 2)}\n`);
  }
}

/**
 * The command, in one file beside the entries that it uses. It is for Node alone, and so the one that may name its modules.
 *
 * @param {string} stage
 */
async function buildCommand(stage) {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const { metafile } = await esbuild.build({
    entryPoints: ["src/cli/main.ts"],
    outfile: join(stage, "cli.js"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    minify: true,
    legalComments: "none",
    define: { "process.env.CONGRUENT_VERSION": JSON.stringify(version) },
    // What is bundled in CommonJS asks for Node's modules with require.
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
    },
    plugins: [
      {
        name: "entries",
        setup(build) {
          build.onResolve({ filter: /^\.\.\/((convert|int8)\/)?index\.ts$/ }, ({ path }) => ({
            path: `./${/convert|int8/.exec(path)?.[0] ?? "index"}.js`,
            external: true,
          }));
        },
      },
    ],
    metafile: true,
    logLevel: "warning",
  });
  chmodSync(join(stage, "cli.js"), 0o755);
  return metafile;
}

/**
 * tsc declares every source, and keeps `.ts` in imports. Users get what the entries' types need, with `.js`.
 *
 * @param {string} stage
 */
function finishTypes(stage) {
  const types = Object.values(entries).map(({ source }) => source.replace(/^src/, stage).replace(/\.ts$/, ".d.ts"));
  const reached = new Set(types);
  for (const path of reached) {
    const declarations = readFileSync(path, "utf8").replaceAll(
      /((?:from|import) ?\(?)"(\.[^"]+)\.ts"/g,
      (_, before, target) => {
        reached.add(join(path, "..", `${target}.d.ts`));
        return `${before}"${target}.js"`;
      },
    );
    writeFileSync(path, declarations);
  }
  for (const file of readdirSync(stage, { recursive: true, encoding: "utf8" })) {
    const path = join(stage, file);
    if (path.endsWith(".d.ts") && !reached.has(path)) rmSync(path);
  }
  for (const folder of readdirSync(stage)) {
    const path = join(stage, folder);
    if (statSync(path).isDirectory() && readdirSync(path).length === 0) rmSync(path, { recursive: true });
  }
}

/**
 * What others' licences ask us to say about their code in dist/.
 *
 * @param {string[]} inputs the files that were bundled
 */
function thirdPartyLicenses(inputs) {
  const manifest = (/** @type {string} */ name) =>
    JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  const compiler = manifest("assemblyscript");
  const packages = new Set(inputs.flatMap((input) => input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []));
  // jsfive is bundled itself, with pako in it.
  if (packages.has("jsfive")) packages.add("pako");
  return [
    "congruent itself is under the MIT licence (see LICENSE). dist/ also contains code from:\n",
    `* the standard library of AssemblyScript ${compiler.version}, compiled into the .wasm files and their inlined copies\n`,
    `It comes from ${compiler.repository.url.replace(/^git\+|\.git$/g, "")} under the licence below.\n`,
    "-------- NOTICE --------\n",
    readFileSync("node_modules/assemblyscript/NOTICE", "utf8"),
    "-------- LICENSE --------\n",
    readFileSync("node_modules/assemblyscript/LICENSE", "utf8"),
    ...[...packages].sort().map((name) => {
      const { version, license, repository } = manifest(name);
      const file = readdirSync(`node_modules/${name}`).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file ? readFileSync(`node_modules/${name}/${file}`, "utf8") : `Licence: ${license}\n`;
      return `\n-------- ${name} ${version}, ${repository?.url ?? repository ?? ""} --------\n\n${text}`;
    }),
  ].join("\n");
}

/**
 * Bytes of every entry with all that it imports at once, in one file, and with all that it ever imports; and of parts of
 * congruent and congruent/core.
 *
 * @returns {Promise<Record<"sizes" | "parts", Sizes>>}
 */
async function measure() {
  const sizeOf = (/** @type {Uint8Array | string} */ content) => ({
    raw: content.length,
    gzip: gzipSync(content, { level: 9 }).length,
  });
  /** @type {Sizes} */
  const sizes = Object.fromEntries(modules.map((file) => [file, sizeOf(readFileSync(`dist/${file}`))]));
  for (const [file, { name }] of Object.entries(entries)) {
    const contents = `export * from "./dist/${file}.js"`;
    sizes[name] = sizeOf(await bundle(contents, { later: false }));
    const whole = sizeOf(await bundle(contents));
    // Less is what esbuild wraps around modules that might be imported later.
    if (whole.gzip > sizes[name].gzip + 1000) sizes[`${name}, and what it imports later`] = whole;
  }
  /** @type {Sizes} */
  const parts = {};
  for (const { file, name, create } of [
    { file: "index", name: "congruent", create: "createModel" },
    { file: "core", name: "congruent/core", create: "createKernel" },
  ]) {
    for (const layers of partialLayers) {
      const names = [create, ...layers].join(", ");
      parts[`${names} of ${name}`] = sizeOf(await bundle(`export { ${names} } from "./dist/${file}.js"`));
    }
  }
  return { sizes, parts };
}

/**
 * As an app ships it: one file made by esbuild, which leaves out what nothing refers to, and minified by terser as it
 * comes.
 *
 * @param {string} contents
 * @param {{ later?: boolean }} options later: false leaves out what is imported when it is needed
 */
async function bundle(contents, { later = true } = {}) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    format: "esm",
    write: false,
    plugins: later ? [] : [withoutLater],
  });
  const { code = "" } = await minify(outputFiles[0].text, { module: true });
  return code;
}

function reportSizes() {
  const kilobytes = (/** @type {number} */ bytes) => (bytes / 1000).toFixed(1);
  /** @type {{ mark: "sizes" | "parts", title: string }[]} */
  const tables = [
    { mark: "sizes", title: "entry" },
    { mark: "parts", title: "part of an entry" },
  ];
  for (const { mark, title } of tables) {
    const rows = Object.entries(readSizes(mark));
    console.log(`${`${title}, with all that it imports`.padEnd(70)} raw KB  gzip KB`);
    for (const [name, { raw, gzip }] of rows) {
      console.log(`${name.padEnd(70)}${kilobytes(raw).padStart(7)}${kilobytes(gzip).padStart(9)}`);
    }
    if (options.has("--readme")) {
      const lines = rows.map(([name, { raw, gzip }]) => `| \`${name}\` | ${kilobytes(raw)} | ${kilobytes(gzip)} |`);
      const table = [`| ${title} | KB | KB gzipped |`, "|---|---|---|", ...lines].join("\n");
      const [before, rest] = readFileSync("README.md", "utf8").split(`<!-- ${mark} -->\n`);
      const after = rest.slice(rest.indexOf(`\n<!-- /${mark} -->`));
      writeFileSync("README.md", `${before}<!-- ${mark} -->\n${table}${after}`);
    }
  }
  const sizes = readSizes("sizes");
  for (const name of ["congruent", "congruent/core"]) {
    const limit = budgets[/** @type {keyof typeof budgets} */ (`${name} gzip`)];
    if (sizes[name].gzip > limit) fail(`${name} has ${sizes[name].gzip} bytes gzipped: expected at most ${limit}`);
  }
}

/**
 * What the last build measured.
 *
 * @param {"sizes" | "parts"} mark
 * @returns {Sizes}
 */
function readSizes(mark) {
  return JSON.parse(readFileSync(`build/${mark}.json`, "utf8"));
}

/**
 * Writes in one step, so that a test that reads meanwhile sees the old file or the new one.
 *
 * @param {string} path
 * @param {string | Uint8Array} content
 */
function replaceFile(path, content) {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, content);
  renameSync(`${path}.${process.pid}`, path);
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`build: ${message}`);
  process.exit(1);
}
