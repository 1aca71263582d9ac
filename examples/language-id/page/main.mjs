// @ts-check
import { loadModel } from "congruent";
import { ranking } from "../identify.mjs";
import { Along } from "./history.mjs";

/** Texts to start with; the last one is in two languages. */
const examples = [
  "Where the wind blows from, nobody knows.",
  "Wer nicht wagt, der nicht gewinnt.",
  "Petit à petit, l'oiseau fait son nid.",
  "Тише едешь — дальше будешь.",
  "Damlaya damlaya göl olur.",
  "To be or not to be, das ist hier die Frage",
];

const [labels, model] = await Promise.all([
  fetch("labels.json").then((response) => response.json()),
  loadModel(fetch("language-id.safetensors")),
]);
const along = new Along(model);
const text = /** @type {HTMLTextAreaElement} */ (document.getElementById("text"));
const status = find("status");
const list = find("languages");

find("examples").append(
  ...examples.map((example) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = example;
    button.addEventListener("click", () => {
      text.value = example;
      show();
      text.focus();
    });
    return button;
  }),
);
text.addEventListener("input", show);
text.disabled = false;
text.focus();
show();

function show() {
  const started = performance.now();
  const probabilities = along.follow(text.value);
  const spent = performance.now() - started;
  status.textContent =
    text.value === ""
      ? "Ready. Nothing leaves this page."
      : `${along.steps} ${along.steps === 1 ? "step" : "steps"} of the GRU in ${spent.toFixed(1)} ms.`;
  list.replaceChildren(...(text.value === "" ? [] : ranking(probabilities, labels).slice(0, 6).map(line)));
}

/** @param {{ code: string, name: string, probability: number }} language */
function line({ code, name, probability }) {
  const item = document.createElement("li");
  item.dataset.code = code;
  item.dataset.probability = String(probability);
  const bar = document.createElement("span");
  bar.className = "bar";
  bar.style.width = `${(100 * probability).toFixed(2)}%`;
  const percent = document.createElement("span");
  percent.className = "percent";
  percent.textContent = `${(100 * probability).toFixed(1)} %`;
  item.append(name, bar, percent);
  return item;
}

/** @param {string} id */
function find(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element;
}
