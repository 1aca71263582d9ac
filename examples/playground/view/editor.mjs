// @ts-check
import { activations, effectiveMask, limits } from "../model/state.mjs";
import { element } from "./element.mjs";

/**
 * @typedef {import("../model/state.mjs").State} State
 */

/**
 * The batch, as a form.
 *
 * @param {State} state
 * @param {(next: State) => void} change called with a new state; the old one is left alone
 */
export function editor(state, change) {
  const { inputs, lengths, mask, initialState, table, maskValue } = state;
  const steps = inputs[0].length;
  const valid = effectiveMask(state);
  const edit = (/** @type {(next: State) => void} */ mutate) => {
    const next = structuredClone(state);
    mutate(next);
    change(next);
  };
  const head = element(
    "tr",
    {},
    element("th", { scope: "col" }, "row"),
    ...Array.from({ length: steps }, (_, t) => element("th", { scope: "col" }, `t=${t}`)),
    element("th", { scope: "col" }, "length"),
    element("th", { scope: "col" }, "initial state"),
  );
  const rows = inputs.map((row, b) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, String(b + 1)),
      ...row.map((value, t) =>
        element(
          "td",
          { class: valid[b][t] ? null : "padding" },
          number(
            {
              id: `x${b}.${t}`,
              label: `row ${b + 1}, step ${t}: ${table ? "token" : "input"}`,
              value,
              step: table ? 1 : 0.25,
              ...(table && { min: 0, max: table.length - 1 }),
            },
            (entered) =>
              edit((next) => {
                next.inputs[b][t] = entered;
              }),
          ),
          element("br"),
          element("input", {
            type: "checkbox",
            id: `m${b}.${t}`,
            "aria-label": `row ${b + 1}, step ${t}: real, not padding`,
            checked: valid[b][t],
            disabled: maskValue !== null,
            change: (/** @type {Event} */ event) =>
              edit((next) => {
                next.mask[b][t] = /** @type {HTMLInputElement} */ (event.target).checked;
              }),
          }),
        ),
      ),
      element(
        "td",
        {},
        number({ id: `l${b}`, label: `row ${b + 1}: length`, value: lengths[b], step: 1, min: 0, max: 99 }, (entered) =>
          edit((next) => {
            next.lengths[b] = entered;
            next.mask[b] = mask[b].map((_, t) => t < entered);
          }),
        ),
      ),
      element(
        "td",
        {},
        number({ id: `h${b}`, label: `row ${b + 1}: initial state`, value: initialState[b], step: 0.25 }, (entered) =>
          edit((next) => {
            next.initialState[b] = entered;
          }),
        ),
      ),
    ),
  );
  const choice = (
    /** @type {string} */ label,
    /** @type {string} */ id,
    /** @type {string[]} */ options,
    /** @type {string} */ value,
    /** @type {(chosen: string) => void} */ choose,
  ) =>
    element(
      "label",
      {},
      label,
      element(
        "select",
        { id, change: (/** @type {Event} */ event) => choose(/** @type {HTMLSelectElement} */ (event.target).value) },
        ...options.map((option) => element("option", { selected: option === value }, option)),
      ),
    );
  const resize = (
    /** @type {string} */ label,
    /** @type {string} */ id,
    /** @type {boolean} */ possible,
    /** @type {(next: State) => void} */ mutate,
  ) => element("button", { type: "button", id, disabled: !possible, click: () => edit(mutate) }, label);
  return element(
    "div",
    {},
    element(
      "div",
      { class: "scroll" },
      element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)),
    ),
    element(
      "p",
      { class: "quiet" },
      maskValue === null
        ? "A tick: the step is real for frameworks that take a mask. The length counts for those that take lengths; to change it sets the row's mask too."
        : `Tokens are looked up in a table of ${table?.length ?? 0} rows; steps whose features are all ${maskValue} are masked.`,
    ),
    element(
      "div",
      { class: "controls" },
      choice("reset", "reset", ["before", "after"], state.resetAfter ? "after" : "before", (chosen) =>
        edit((next) => {
          next.resetAfter = chosen === "after";
        }),
      ),
      choice("activation", "activation", activations, state.activation, (chosen) =>
        edit((next) => {
          next.activation = chosen;
        }),
      ),
      choice("gates", "recurrentActivation", activations, state.recurrentActivation, (chosen) =>
        edit((next) => {
          next.recurrentActivation = chosen;
        }),
      ),
      choice("direction", "direction", ["forward", "backwards", "bidirectional"], state.direction, (chosen) =>
        edit((next) => {
          next.direction = /** @type {State["direction"]} */ (chosen);
        }),
      ),
      choice("units", "units", ["1", "2", "3"], String(state.units), (chosen) =>
        edit((next) => {
          next.units = Number(chosen);
        }),
      ),
      element(
        "label",
        {},
        "weights (0: ones)",
        number(
          { id: "seed", label: "seed of the weights; 0 for ones", value: state.seed, step: 1, min: 0, max: 999999 },
          (entered) =>
            edit((next) => {
              next.seed = entered;
            }),
        ),
      ),
      resize("+ row", "add-row", inputs.length < limits.rows, (next) => {
        next.inputs.push(inputs[0].slice());
        next.lengths.push(steps);
        next.mask.push(inputs[0].map(() => true));
        next.initialState.push(0);
      }),
      resize("− row", "drop-row", inputs.length > 1, (next) => {
        next.inputs.pop();
        next.lengths.pop();
        next.mask.pop();
        next.initialState.pop();
      }),
      resize("+ step", "add-step", steps < limits.steps, (next) => {
        for (const row of next.inputs) row.push(0);
        for (const row of next.mask) row.push(false);
      }),
      resize("− step", "drop-step", steps > 1, (next) => {
        for (const row of next.inputs) row.pop();
        for (const row of next.mask) row.pop();
        next.lengths = next.lengths.map((length) => Math.min(length, steps - 1));
      }),
    ),
  );
}

/**
 * @param {{ id: string, label: string, value: number, step: number, min?: number, max?: number }} attributes
 * @param {(value: number) => void} enter called with a number that is allowed
 */
function number({ label, ...attributes }, enter) {
  return element("input", {
    type: "number",
    inputmode: "decimal",
    "aria-label": label,
    ...attributes,
    // Arrow keys go by the step; any number may be typed where it is not a whole one.
    step: attributes.step === 1 ? 1 : "any",
    change: (/** @type {Event} */ event) => {
      const input = /** @type {HTMLInputElement} */ (event.target);
      if (input.value !== "" && input.checkValidity()) enter(input.valueAsNumber);
      else input.reportValidity();
    },
  });
}
