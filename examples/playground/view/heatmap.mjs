// @ts-check
import { float32, short } from "../model/numbers.mjs";
import { element } from "./element.mjs";

/**
 * @typedef {object} Scale
 * @property {number} largest the size that has the full colour
 * @property {boolean} digits all of them, or four
 */

/**
 * One answer as a table: a row of the batch after the other, its steps, its final state. A cell that is not what the
 * compared column has is marked by a border and a sign, padding by hatching: never by colour alone.
 *
 * @param {number[][][]} outputs (B, T, F)
 * @param {number[][]} states (B, F)
 * @param {boolean[][]} valid (B, T): what this framework takes for real
 * @param {{ outputs: number[][][], states: number[][] } | null} compared
 * @param {Scale} scale
 */
export function heatmap(outputs, states, valid, compared, scale) {
  const steps = outputs[0].length;
  const head = element(
    "tr",
    {},
    element("th", { scope: "col" }, "row"),
    ...Array.from({ length: steps }, (_, t) => element("th", { scope: "col" }, `t=${t}`)),
    element("th", { scope: "col" }, "final state"),
  );
  const rows = outputs.map((row, b) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, String(b + 1)),
      ...row.map((values, t) => cell(values, !valid[b][t], compared?.outputs[b][t], scale, `y${b}.${t}`)),
      cell(states[b], false, compared?.states[b], scale, `h${b}`),
    ),
  );
  return element(
    "div",
    { class: "scroll", tabindex: 0, role: "group", "aria-label": "outputs and final states" },
    element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)),
  );
}

/**
 * @param {number[]} values one a unit
 * @param {boolean} padding
 * @param {number[] | undefined} compared
 * @param {Scale} scale
 * @param {string} place where it is, for tests and scripts
 */
function cell(values, padding, compared, { largest, digits }, place) {
  const differs = compared !== undefined && values.some((value, i) => !Object.is(value + 0, compared[i] + 0));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const strength = largest > 0 && Number.isFinite(mean) ? Math.min(1, Math.sqrt(Math.abs(mean) / largest)) : 0;
  const colour = `rgb(var(--${mean < 0 ? "negative" : "positive"}) / ${Math.round(strength * 42)}%)`;
  const text = values.map(digits ? float32 : short);
  return element(
    "td",
    {
      class: [padding ? "padding" : "", differs ? "differs" : ""].join(" ").trim() || null,
      style: `background-color: ${colour}`,
      title: values.map(float32).join(", ") + (padding ? " (padding)" : ""),
      "data-cell": place,
      "data-values": values.map(float32).join(" "),
    },
    ...text.flatMap((line, i) => (i ? [element("br"), line] : [line])),
    ...(differs ? [element("span", { class: "unseen" }, " differs")] : []),
  );
}
