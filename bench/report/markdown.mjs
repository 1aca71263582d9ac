/** The results as Markdown. */
import { bars, format, isMet } from "../bars.mjs";
import { groupBy, number, percent, table, time, times, timing } from "./table.mjs";

const peers = ["onnxruntime-web", "onnxruntime-node", "tfjs-wasm", "tfjs-cpu", "js-loop"];

/**
 * @param {import("./results.mjs").Results} results
 * @returns {string}
 */
export function markdown({ machine, runtime, versions, command, sections }) {
  const parts = [
    "# Results",
    `${machine}; ${runtime}; one thread. Made by \`${command}\`.`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
    "Times are medians, with the 99th percentile in parentheses. `n×` is how many times longer the peer takes: the median of the ratios of calls that took turns. A dash: the peer cannot do it, or would take too long.",
    "## Bars",
    barTable(sections),
  ];
  for (const [name, write] of Object.entries(writers)) {
    if (sections[name]?.records.length) parts.push(write(sections[name].records));
  }
  const failures = Object.values(sections).flatMap(({ records }) => records.filter(({ failed }) => failed));
  if (failures.length) {
    parts.push("## Failed", ...failures.map((r) => `* ${r.case}, ${r.peer}: ${r.failed}`));
  }
  return `${parts.join("\n\n")}\n`;
}

/**
 * @param {import("../bars.mjs").Sections} sections
 * @param {boolean} all those too that the run has no figures for
 */
export function barTable(sections, all = true) {
  const known = bars(sections).filter(({ measured }) => all || measured !== null);
  const rows = known.map((bar) => [
    bar.name,
    `${bar.atLeast ? "" : "≤ "}${format(bar, bar.target)}`,
    format(bar, bar.measured) || "not in this run",
    bar.measured === null ? "" : isMet(bar) ? "met" : "**not met**",
    bar.where,
  ]);
  return table(["bar", "target", "measured", "", "decided by"], rows);
}

const writers = {
  models: (records) => `## Real models\n\n${versusTable(records)}`,
  sweep: sweepTables,
  ragged: raggedTable,
  streaming: (records) =>
    `## Streaming\n\n${table(
      ["I = H", "steps", "a stream's step", "a step within a run", "difference"],
      records.map((r) => [r.units, r.steps, ...[r.step, r.inside, r.overhead].map((ns) => time(ns / 1000))]),
    )}\n\nA run projects the inputs of many steps at once, a stream one at a time: with H=1 the difference is what a step costs beyond its arithmetic.`,
  embedding: (records) =>
    `## Embedding inputs\n\n${table(
      ["case", "with the table", "the same features, dense", "table is faster by"],
      records.map((r) => [r.case, timing(r.ours), timing(r.theirs), times(r.ratio.median)]),
    )}`,
  bidirectional: (records) => `## Bidirectional stacks\n\n${versusTable(records)}`,
  int8: int8Tables,
  "cold-start": (records) =>
    `## Cold start\n\nA fresh process: ${records[0].case}. Milliseconds, Node.js's own start not counted.\n\n${table(
      ["engine", "import", "create", "first result", "total", "to ours"],
      records.map((r) => [
        r.engine,
        ...[r.imported, r.created, r.first, r.total].map((ms) => ms.toFixed(1)),
        r.engine === "congruent" ? "" : times(r.ratio.median),
      ]),
    )}`,
  size: (records) =>
    `## Size\n\nJavaScript (bundled, minified) and WebAssembly that a page loads to run a GRU.\n\n${table(
      ["engine", "KB", "KB gzipped"],
      records.map((r) => [r.engine, number(r.raw / 1000), number(r.gzip / 1000)]),
    )}`,
  roofline: rooflineTables,
};

/** A case a row: ours, and each peer. */
function versusTable(records) {
  const rows = [...groupBy(records, (r) => r.case)].map(([name, group]) => [name, ...cells(group)]);
  return table(["case", "congruent", ...peers], rows);
}

/** Ours, beside the peer that is measured most alike, and each peer's ratio. */
function cells(group) {
  const mine = group.find(({ ours }) => ours);
  const ratios = peers.map((peer) => {
    const record = group.find((r) => r.peer === peer);
    return record?.ratio ? times(record.ratio.median) : "–";
  });
  return [mine ? timing(mine.ours) : "–", ...ratios];
}

/** The dots' peaks; the product alone; and GRUs: ours, how many times faster than each, and the rate. */
function int8Tables(records) {
  const peaks = records
    .filter((r) => r.case === "peak")
    .map(({ name, gflops }) => `${name} ${gflops.toFixed(0)} GOP/s`);
  const products = records.filter((r) => r.case === "multiply");
  const grus = records.filter(({ peer }) => peer && peer !== "all");
  const others = [...new Set(grus.map(({ peer }) => peer))];
  const groups = groupBy(grus, (r) => [r.case, r.precision, r.engine].join());
  const rows = [...groups].map(([, group]) => {
    const { batch, steps, carried, units, precision, engine, ours, flops } = group[0];
    const ratios = others.map((peer) => group.find((r) => r.peer === peer)?.ratio);
    const rate = (flops / ours.median / 1000).toFixed(0);
    const cells = ratios.map((ratio) => (ratio ? times(ratio.median) : "–"));
    return [carried ? "step" : steps, batch, units, precision, engine, timing(ours), ...cells, rate];
  });
  return [
    "## int8",
    `Peaks, all in registers but the rows: ${peaks.join(", ")}.`,
    table(
      ["product alone", "H", "bits", "module", "time", "GOP/s", "share of the peak", "f32's"],
      products.map((r) => [
        r.batch === 1 ? "matrix × vector" : `matrix × matrix, ${r.batch} rows`,
        r.units,
        r.precision,
        r.engine,
        time(r.microseconds.median),
        r.gflops.toFixed(0),
        percent(r.share.median),
        times(r.f32.median),
      ]),
    ),
    table(["T", "B", "H", "bits", "module", "int8", ...others, "GOP/s"], rows),
  ].join("\n\n");
}

function sweepTables(records) {
  const parts = ["## Square sweep, I = H"];
  for (const [resetAfter, half] of groupBy(records, (r) => r.resetAfter)) {
    parts.push(`### Reset ${resetAfter ? "after" : "before"}`);
    const rows = [...groupBy(half, (r) => r.case)]
      .map(([, group]) => group)
      .sort(([a], [b]) => a.steps - b.steps || b.carried - a.carried || a.batch - b.batch || a.units - b.units)
      .map((group) => {
        const { units, batch, steps, carried, flops } = group[0];
        const mine = group.find(({ ours }) => ours)?.ours;
        const rate = mine ? (flops / mine.median / 1000).toFixed(1) : "–";
        return [carried ? "step" : steps, batch, units, ...cells(group), rate];
      });
    parts.push(table(["T", "B", "H", "congruent", ...peers, "GFLOP/s"], rows));
  }
  return parts.join("\n\n");
}

function raggedTable(records) {
  const rows = [...groupBy(records, (r) => r.case)].map(([name, group]) => {
    const padded = group.find(({ compared }) => compared === "padded");
    const dense = group.find(({ compared }) => compared === "dense");
    const { valid, batch, steps } = group[0];
    return [
      name,
      percent(valid / (batch * steps)),
      ...cells(group.filter(({ peer }) => peer)).filter((_, i) => i < 3 || i === 5),
      padded ? `${time(padded.theirs.median)} (${times(padded.ratio.median)})` : "–",
      dense ? dense.cost.toFixed(2) : "–",
    ];
  });
  const head = ["case", "valid", "congruent", "onnxruntime-web", "onnxruntime-node", "js-loop", "ours, padded", "cost"];
  return `## Ragged batches\n\n${table(head, rows)}\n\nCost: the time of a valid step over that of a step of a dense batch with as many of them.`;
}

function rooflineTables(records) {
  const of = (name) => records.filter((r) => r.case === name);
  const [peak] = of("peak");
  const loads = of("load").map(({ kilobytes, gbs }) => `${gbs.toFixed(0)} GB/s from ${kilobytes} KB`);
  const shareRow = (name) => (r) => [
    name(r),
    r.units,
    time(r.microseconds.median),
    r.gflops.toFixed(1),
    percent(r.share.median),
    r.limit ? percent(r.limit) : "",
  ];
  const rows = [
    ...of("multiply").map(
      shareRow(({ batch }) => (batch === 1 ? "matrix × vector" : `matrix × matrix, ${batch} rows`)),
    ),
    ...of("gru").map(shareRow((r) => `GRU, B=${r.batch} T=${r.steps}, reset ${r.resetAfter ? "after" : "before"}`)),
  ];
  const activations = of("activation").map(({ name, nanoseconds }) => `${name} ${nanoseconds.toFixed(2)} ns`);
  return [
    "## Roofline",
    `Peak of f32x4 mul + add, 12 independent chains: ${peak.gflops.toFixed(1)} GFLOP/s. Loads: ${loads.join(", ")}. An element of an activation: ${activations.join(", ")}.`,
    table(["kernel", "H", "time", "GFLOP/s", "share of the peak", "bandwidth allows"], rows),
  ].join("\n\n");
}
