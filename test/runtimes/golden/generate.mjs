// Writes bits.mjs: the hash of every golden model, from dist/. Refuses when the kernel and the reference differ.
// Usage, after `npm run build`: node test/runtimes/golden/generate.mjs
import { writeFileSync } from "node:fs";
import * as congruent from "../../../dist/index.js";
import * as int8 from "../../../dist/int8.js";
import * as reference from "../../../dist/reference.js";
import { int8Models } from "./int8.mjs";
import { denormalModels, hashOf, longStream, models } from "./models.mjs";

const lines = [...models, ...denormalModels, longStream, ...int8Models].map((model) => {
  const inInt8 = int8Models.includes(model);
  const hash = hashOf(model, inInt8 ? int8 : congruent);
  const twin = hashOf(model, inInt8 ? { ...int8, createModel: reference.createModel } : reference);
  if (hash !== twin) throw new Error(`${model.name}: congruent gives ${hash}, congruent/reference ${twin}`);
  return `  ${JSON.stringify(model.name)}: "${hash}",\n`;
});
if (new Set(lines).size !== lines.length) throw new Error("two models have one name");
writeFileSync(
  new URL("bits.mjs", import.meta.url),
  `/** The golden bits: a hash of all output bits of each model in models.mjs. Written by generate.mjs. */\nexport const bits = {\n${lines.join("")}};\n`,
);
console.log(`${lines.length} hashes`);
