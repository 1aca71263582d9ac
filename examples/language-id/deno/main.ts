// Which language is each of these texts in? Usage: deno run --allow-read examples/language-id/deno/main.ts [TEXT ...]
import { loadModel } from "congruent";
import { Reader, ranking } from "../identify.mjs";
import labels from "../model/labels.json" with { type: "json" };

const model = await loadModel(await Deno.readFile(new URL("../model/language-id.safetensors", import.meta.url)));
const reader = new Reader(model);
for (const text of Deno.args) {
  reader.reset();
  reader.read(new TextEncoder().encode(text));
  const [{ name, probability }] = ranking(reader.probabilities, labels);
  console.log(`  ${name.padEnd(12)}${(100 * probability).toFixed(1).padStart(6)} %  ${text}`);
}
