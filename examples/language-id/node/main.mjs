// @ts-check
// Which language is each of these texts in? Usage: node examples/language-id/node/main.mjs [TEXT ...]
import { readFile } from "node:fs/promises";
import { loadModel } from "congruent";
import { Reader, ranking } from "../identify.mjs";

const sentences = [
  "Are they identical? On every real step, yes.",
  "Ein Blick sagt mehr als tausend Worte.",
  "Petit à petit, l'oiseau fait son nid.",
  "Тише едешь — дальше будешь.",
  "塵も積もれば山となる。",
];

const folder = new URL("../model/", import.meta.url);
const labels = JSON.parse(await readFile(new URL("labels.json", folder), "utf8"));
const model = await loadModel(await readFile(new URL("language-id.safetensors", folder)));
const reader = new Reader(model);
const texts = process.argv.slice(2);
console.log("Which language? A GRU of 96 units, trained in Keras, reads bytes (examples/language-id)\n");
for (const text of texts.length > 0 ? texts : sentences) {
  reader.reset();
  reader.read(new TextEncoder().encode(text));
  const [{ name, probability }] = ranking(reader.probabilities, labels);
  console.log(`  ${name.padEnd(12)}${(100 * probability).toFixed(1).padStart(6)} %  ${text}`);
}
