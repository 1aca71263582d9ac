/** The bars: what has to be reached, and whether it was. One thread, medians of ratios taken round by round. */

/** @typedef {Record<string, { measured: string, records: any[] }>} Sections */

/**
 * @typedef {object} Bar
 * @property {string} name
 * @property {number} target
 * @property {"times" | "share" | "cost" | "microseconds" | "nanoseconds"} unit
 * @property {boolean} atLeast whether measured has to be at least, or at most, the target
 * @property {number | null} measured null where the run left it out
 * @property {string} where the case that decided, when there were several
 */

/**
 * @param {Sections} sections
 * @returns {Bar[]}
 */
export function bars(sections) {
  const records = (name) => sections[name]?.records ?? [];
  const square = (peer, shape) =>
    records("sweep").filter(
      (r) => r.peer === peer && r.ratio && Object.keys(shape).every((key) => r[key] === shape[key]),
    );
  const after = { resetAfter: true };
  const step = { steps: 1, carried: true, batch: 1 };
  const web = "onnxruntime-web";
  const native = "onnxruntime-node";
  const everything = ["sweep", "models", "bidirectional", "ragged"].flatMap(records);
  const roofline = records("roofline");
  const wide = (name, rows) =>
    roofline.filter((r) => r.case === name && r.units >= 128 && (rows === 1 ? r.batch === 1 : r.batch > 1));
  const engines = (...names) => records("cold-start").filter(({ engine }) => names.includes(engine));
  const int8 = (shape) =>
    records("int8").filter((r) => r.ratio && Object.keys(shape).every((key) => r[key] === shape[key]));
  const seven = { precision: 7, engine: "relaxed SIMD" };
  return [
    ...[
      [8, 100],
      [32, 25],
      [128, 3.8],
      [512, 1.25],
    ].map(([units, target]) =>
      times(`${web}, one step, H=${units}`, target, square(web, { ...after, ...step, units })),
    ),
    ...[
      [32, 1.8],
      [64, 1.45],
      [128, 1.4],
      [256, 1.35],
      [512, 1.35],
    ].map(([units, target]) =>
      times(`${web}, B=1, T=128, H=${units}`, target, square(web, { ...after, batch: 1, steps: 128, units })),
    ),
    times(`${web}, B=1, T=1000, H=8`, 3.5, square(web, { ...after, steps: 1000 })),
    ...[
      [64, 1.6],
      [128, 1.6],
      [256, 1.65],
      [512, 1.7],
    ].map(([units, target]) =>
      times(`${web}, B=32, H=${units}`, target, longest(square(web, { ...after, batch: 32, units }))),
    ),
    times(
      `${web}, B=64, T=128, H=128, lengths uniform`,
      3,
      records("ragged").filter((r) => r.peer === web && r.kind === "uniform" && r.units === 128 && r.ratio),
    ),
    most(
      "ragged cost / dense cost of a valid step",
      1.15,
      "cost",
      records("ragged").filter(({ compared }) => compared === "dense"),
      ({ cost }) => cost,
    ),
    times(
      "tfjs-wasm, every shape",
      60,
      everything.filter((r) => r.peer === "tfjs-wasm" && r.ratio),
    ),
    share("batched GRU, share of the peak, H ≥ 128", 0.85, wide("gru", 2)),
    share("matrix × matrix alone, share of the peak, H ≥ 128", 0.93, wide("multiply", 2)),
    share("matrix × vector alone, share of the peak, H ≥ 128", 0.8, wide("multiply", 1)),
    times(
      "language id with its table / without, B=1",
      1.2,
      records("embedding").filter(({ batch }) => batch === 1),
    ),
    most(
      "a stream step beyond its arithmetic, H=1",
      60,
      "nanoseconds",
      records("streaming").filter(({ units }) => units === 1),
      ({ overhead }) => overhead,
    ),
    times(`${native}, one step, any size`, 1, square(native, step)),
    times(`${native}, B=1, T=1000, H=8`, 1, square(native, { ...after, steps: 1000 })),
    ...[
      [128, 3.5, 1.5],
      [256, 4, 1.6],
      [512, 4.5, 2],
    ].flatMap(([units, ...targets]) =>
      [web, native].map((peer, i) =>
        times(
          `int8 (7 bits), ${peer}, B=1, T=128, H=${units}`,
          targets[i],
          int8({ ...seven, peer, batch: 1, steps: 128, units }),
        ),
      ),
    ),
    most(
      "int8 (7 bits), one step, H=128",
      2,
      "microseconds",
      int8({ ...seven, ...step, units: 128, peer: "congruent f32" }),
      ({ ours }) => ours.median,
    ),
    times(
      "int8 (7 bits), our f32, one step, H=512",
      3.5,
      int8({ ...seven, ...step, units: 512, peer: "congruent f32" }),
    ),
    ...[
      [128, 4],
      [256, 4.5],
      [512, 5],
    ].map(([units, target]) =>
      times(`int8 (7 bits), ${web}, B=32, H=${units}`, target, int8({ ...seven, peer: web, batch: 32, units })),
    ),
    times(`int8 (7 bits), ${native}, B=32`, 0.85, int8({ ...seven, peer: native, batch: 32 })),
    times("int8 without relaxed SIMD, our f32", 1.25, int8({ engine: "plain SIMD", peer: "congruent f32" })),
    share(
      "int8 (7 bits), matrix × matrix alone, share of the dot's peak",
      0.9,
      records("int8").filter(
        (r) => r.case === "multiply" && r.batch > 1 && r.precision === 7 && r.engine === seven.engine,
      ),
    ),
    times(`cold start, ${web}`, 20, engines(web)),
    times("cold start, tfjs (the quicker of wasm and cpu)", 10, engines("tfjs-wasm", "tfjs-cpu")),
  ];
}

/** @param {Bar} bar */
export function isMet({ measured, target, atLeast }) {
  return measured !== null && (atLeast ? measured >= target : measured <= target);
}

/** @param {Pick<Bar, "unit">} bar @param {number | null} value */
export function format({ unit }, value) {
  if (value === null) return "";
  if (unit === "share") return `${(value * 100).toFixed(0)} %`;
  if (unit === "microseconds") return `${value.toFixed(2)} µs`;
  if (unit === "nanoseconds") return `${value.toFixed(0)} ns`;
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${value.toFixed(digits)}${unit === "times" ? "×" : ""}`;
}

const times = (name, target, records) => worst(name, target, "times", records, ({ ratio }) => ratio.median, true);
const share = (name, target, records) => worst(name, target, "share", records, (r) => r.share.median, true);
const most = (name, target, unit, records, valueIn) => worst(name, target, unit, records, valueIn, false);

/** The record that is furthest from the target decides. @returns {Bar} */
function worst(name, target, unit, records, valueIn, atLeast) {
  const bar = { name, target, unit, atLeast, measured: null, where: "" };
  for (const record of records) {
    const value = valueIn(record);
    if (bar.measured === null || (atLeast ? value < bar.measured : value > bar.measured)) {
      bar.measured = value;
      bar.where = records.length > 1 ? placeOf(record) : "";
    }
  }
  return bar;
}

function placeOf({ case: name, units, batch, steps, resetAfter, engine, precision }) {
  if (engine && !precision) return engine;
  if (name !== "gru" && name !== "multiply") return precision ? `${name}, ${precision} bits` : name;
  const parts = [`H=${units}`, `B=${batch}`];
  if (steps) parts.push(`T=${steps}, reset ${resetAfter ? "after" : "before"}`);
  return parts.join(" ");
}

/** Of the same shape with more and fewer steps, the one with most: quick runs have the shorter one only. */
function longest(records) {
  const most = Math.max(...records.map(({ steps }) => steps));
  return records.filter(({ steps }) => steps === most && steps > 1);
}
