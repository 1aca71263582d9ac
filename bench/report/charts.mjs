/** The results as charts, in SVG. */
import * as echarts from "echarts";
import { groupBy, number } from "./table.mjs";

/** An engine's colour is the same in every chart. */
const colors = {
  congruent: "#0b6e4f",
  "onnxruntime-web": "#e07a1f",
  "onnxruntime-node": "#8d6a9f",
  "tfjs-wasm": "#3a86c8",
  "tfjs-cpu": "#8fb8de",
  "js-loop": "#9a9a9a",
};

/**
 * @param {import("./results.mjs").Results} results
 * @returns {Record<string, string>} SVG by file name; those whose sections were not measured are missing
 */
export function charts({ sections, machine, runtime }) {
  const subtitle = `${machine}; ${runtime}; one thread`;
  const records = (name) => sections[name]?.records ?? [];
  const options = {
    speedup: speedup([...records("models"), ...records("bidirectional")]),
    step: byUnits(records("sweep"), "One step of a stream, B=1, reset after", (r) => r.carried && r.batch === 1),
    sequence: byUnits(records("sweep"), "128 steps, B=1, reset after", (r) => r.steps === 128 && r.batch === 1),
    batch: byUnits(records("sweep"), "32 steps, B=32, reset after", (r) => r.steps === 32 && r.batch === 32),
    roofline: roofline(records("roofline")),
    ragged: ragged(records("ragged")),
    "cold-start": coldStart(records("cold-start")),
  };
  return Object.fromEntries(
    Object.entries(options)
      .filter(([, option]) => option)
      .map(([name, option]) => [name, render(option, subtitle)]),
  );
}

function render({ height = 420, title, ...option }, subtitle) {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 860, height });
  chart.setOption({
    backgroundColor: "#ffffff",
    animation: false,
    title: { text: title, subtext: subtitle, left: 12, top: 6, textStyle: { fontSize: 16 } },
    legend: { top: 52, left: 12, itemGap: 28 },
    grid: { left: 44, right: 48, top: 92, bottom: 34, containLabel: true },
    ...option,
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** Bars by case: how many times longer each peer takes. */
function speedup(records) {
  const measured = records.filter(({ ratio }) => ratio);
  if (!measured.length) return null;
  const names = [...groupBy(measured, (r) => r.case).keys()].reverse();
  const peers = ["onnxruntime-node", "onnxruntime-web", "tfjs-wasm"];
  return {
    title: "How many times longer than congruent (logarithmic)",
    height: 130 + names.length * 46,
    xAxis: { type: "log", min: 0.1, axisLabel: { formatter: "{value}×" } },
    yAxis: { type: "category", data: names },
    series: peers.map((peer) => ({
      name: peer,
      type: "bar",
      color: colors[peer],
      label: { show: true, position: "right", fontSize: 10, formatter: ({ value }) => `${number(value)}×` },
      data: names.map((name) => measured.find((r) => r.case === name && r.peer === peer)?.ratio.median ?? "-"),
      markLine:
        peer === "onnxruntime-web"
          ? { silent: true, symbol: "none", label: { show: false }, data: [{ xAxis: 1 }], lineStyle: { color: "#333" } }
          : undefined,
    })),
  };
}

/** Lines over H, of every engine. */
function byUnits(records, title, isIn) {
  const measured = records.filter((r) => r.ratio && r.resetAfter && isIn(r));
  if (!measured.length) return null;
  const units = [...new Set(measured.map((r) => r.units))].sort((a, b) => a - b);
  const line = (name, valueIn) => ({
    name,
    type: "line",
    color: colors[name],
    symbolSize: 7,
    lineStyle: { width: name === "congruent" ? 3 : 2 },
    data: units.map((size) => valueIn(measured.filter((r) => r.units === size)) ?? "-"),
  });
  const engines = [...new Set(measured.map((r) => r.peer))];
  return {
    title: `${title}: µs (both axes logarithmic)`,
    xAxis: { type: "category", data: units, name: "I = H", nameLocation: "middle", nameGap: 26 },
    yAxis: { type: "log", axisLabel: { formatter: (value) => number(value) } },
    series: [
      line("congruent", ([first]) => first?.ours.median),
      ...engines.map((peer) => line(peer, (group) => group.find((r) => r.peer === peer)?.theirs.median)),
    ],
  };
}

function roofline(records) {
  const lines = {
    "matrix × matrix": (r) => r.case === "multiply" && r.batch > 1,
    "matrix × vector": (r) => r.case === "multiply" && r.batch === 1,
    "GRU, B=32, reset after": (r) => r.case === "gru" && r.batch === 32 && r.resetAfter,
    "GRU, B=32, reset before": (r) => r.case === "gru" && r.batch === 32 && !r.resetAfter,
  };
  if (!records.length) return null;
  const units = [...new Set(records.flatMap((r) => r.units ?? []))];
  const palette = ["#0b6e4f", "#e07a1f", "#3a86c8", "#8d6a9f"];
  return {
    title: "Share of the machine's mul + add peak",
    xAxis: { type: "category", data: units, name: "I = H", nameLocation: "middle", nameGap: 26 },
    yAxis: { type: "value", min: 0, max: 100, axisLabel: { formatter: "{value} %" } },
    series: Object.entries(lines).map(([name, isIn], i) => ({
      name,
      type: "line",
      color: palette[i],
      symbolSize: 7,
      data: units.map((size) => {
        const record = records.find((r) => r.units === size && isIn(r));
        return record ? Number((record.share.median * 100).toFixed(1)) : "-";
      }),
    })),
  };
}

/** Bars by distribution of lengths, of the first shape. */
function ragged(records) {
  const shape = [...groupBy(records, (r) => `H=${r.units}, B=${r.batch}, T=${r.steps}`)][0];
  if (!shape) return null;
  const [name, group] = shape;
  const kinds = [...new Set(group.map((r) => r.kind))];
  const find = (kind, isIn) => group.find((r) => r.kind === kind && isIn(r));
  const bar = (label, color, valueIn) => ({
    name: label,
    type: "bar",
    color,
    label: { show: true, position: "top", fontSize: 10, formatter: ({ value }) => number(value) },
    data: kinds.map((kind) => {
      const value = valueIn(kind);
      return value === undefined ? "-" : value / 1000;
    }),
  });
  return {
    title: `Batches of rows with lengths, ${name}: ms`,
    xAxis: { type: "category", data: kinds },
    yAxis: { type: "value" },
    series: [
      bar("congruent", colors.congruent, (kind) => find(kind, (r) => r.compared === "padded")?.ours.median),
      bar("congruent, padded", "#8cc0ac", (kind) => find(kind, (r) => r.compared === "padded")?.theirs.median),
      ...["onnxruntime-web", "onnxruntime-node"].map((peer) =>
        bar(peer, colors[peer], (kind) => find(kind, (r) => r.peer === peer && r.ratio)?.theirs.median),
      ),
    ],
  };
}

function coldStart(records) {
  if (!records.length) return null;
  const sorted = [...records].sort((a, b) => b.total - a.total);
  const phases = {
    imported: ["import", "#3a86c8"],
    created: ["create", "#e07a1f"],
    first: ["first result", "#8d6a9f"],
  };
  const last = "first";
  return {
    title: "Cold start of a fresh process: ms",
    height: 320,
    xAxis: { type: "value" },
    yAxis: { type: "category", data: sorted.map((r) => r.engine) },
    series: Object.entries(phases).map(([phase, [name, color]]) => ({
      name,
      type: "bar",
      stack: "total",
      color,
      label:
        phase === last
          ? { show: true, position: "right", formatter: ({ dataIndex }) => number(sorted[dataIndex].total) }
          : undefined,
      data: sorted.map((r) => Number(r[phase].toFixed(2))),
    })),
  };
}
