// @ts-check
import { ourCode } from "./model/code.mjs";
import { answersOf } from "./model/compute.mjs";
import { theirCode } from "./model/framework-code.mjs";
import { fromHash, toHash } from "./model/link.mjs";
import { presets } from "./model/presets.mjs";
import { effectiveMask, maskOfLengths } from "./model/state.mjs";
import { codeBlock } from "./view/code.mjs";
import { editor } from "./view/editor.mjs";
import { element, find } from "./view/element.mjs";
import { heatmap } from "./view/heatmap.mjs";

/** @typedef {import("./model/state.mjs").State} State */

let state = presets[0].state;
/** How the answers are shown; not part of the state, since it changes no number. */
const view = { compared: "dynamic_rnn", digits: true };

window.addEventListener("hashchange", readAddress);
readAddress();

function readAddress() {
  const error = find("error");
  error.hidden = true;
  try {
    state = fromHash(location.hash) ?? presets[0].state;
  } catch (thrown) {
    // A damaged link is no reason for an empty page.
    error.textContent = `The address does not hold a batch (${/** @type {Error} */ (thrown).message}); here is the first example.`;
    error.hidden = false;
    state = presets[0].state;
  }
  show();
}

/** @param {State} next */
function change(next) {
  state = next;
  history.replaceState(null, "", toHash(state));
  find("error").hidden = true;
  show();
}

function show() {
  const focused = document.activeElement?.id;
  const current = presets.find((preset) => toHash(preset.state) === toHash(state));
  find("presets").replaceChildren(
    ...presets.map((preset) =>
      element(
        "button",
        {
          type: "button",
          id: `preset-${preset.id}`,
          "aria-pressed": String(preset === current),
          click: () => change(preset.state),
        },
        preset.title,
      ),
    ),
  );
  find("about").textContent = current?.about ?? "Your own batch. The address bar holds it: copy it to share.";
  find("editor").replaceChildren(editor(state, change));
  showAnswers();
  // The form was made anew: whoever used the keyboard goes on where they were.
  if (focused) document.getElementById(focused)?.focus();
}

function showAnswers() {
  const answers = answersOf(state);
  const compared = answers.find(({ framework }) => framework.id === view.compared) ?? answers[0];
  const mask = effectiveMask(state);
  const lengths = maskOfLengths(state);
  const everything = mask.map((row) => row.map(() => true));
  const largest = Math.max(
    ...answers.flatMap(({ outputs }) => (outputs ?? []).flat(2).map(Math.abs)).filter(Number.isFinite),
    0,
  );
  find("view").replaceChildren(
    element(
      "label",
      {},
      "mark what differs from",
      element(
        "select",
        {
          id: "compared",
          change: (/** @type {Event} */ event) => {
            view.compared = /** @type {HTMLSelectElement} */ (event.target).value;
            showAnswers();
            find("compared").focus();
          },
        },
        ...answers.map(({ framework: { id, title } }) =>
          element("option", { value: id, selected: id === compared.framework.id }, title),
        ),
      ),
    ),
    element(
      "label",
      { class: "beside" },
      element("input", {
        type: "checkbox",
        id: "digits",
        checked: view.digits,
        change: (/** @type {Event} */ event) => {
          view.digits = /** @type {HTMLInputElement} */ (event.target).checked;
          showAnswers();
          find("digits").focus();
        },
      }),
      "all digits",
    ),
  );
  find("answers").replaceChildren(
    ...answers.map((answer) => {
      const { framework, outputs, states, refusal } = answer;
      const valid = { lengths, mask, nothing: everything }[framework.takes];
      const base =
        answer !== compared && compared.outputs && compared.states
          ? { outputs: compared.outputs, states: compared.states }
          : null;
      const card = element(
        "article",
        { id: framework.id, "aria-label": framework.title },
        element("h3", {}, framework.title),
        element("p", { class: "quiet" }, framework.rule),
        ...framework.limits(state).map((limit) => element("p", { class: "limit" }, limit)),
        outputs && states
          ? heatmap(outputs, states, valid, base, { largest, digits: view.digits })
          : element("p", { class: "refusal" }, `refuses: ${refusal}`),
        codeBlock("this column with congruent", () => ourCode(state, framework)),
        codeBlock("and with the framework", () => theirCode(state, framework)),
      );
      return card;
    }),
  );
  const marked = document.querySelectorAll("td.differs").length;
  find("status").textContent =
    `${marked} cells differ from ${compared.framework.title}. Hatched: padding. Border and ≠: differs.`;
}
