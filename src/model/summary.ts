import { showShape } from "../errors.ts";
import type { LayerShape, Stack } from "../layers/stack.ts";

/** A stack as a table: layer, output shape, parameters, the options that are set; and totals. */
export function summarize({ layers, shapes }: Stack): string {
  const total = countParameters(layers);
  const lines = [
    ["layer", "output", "parameters", "options"],
    ...layers.map((layer, i) => [layer.name, outputOf(shapes[i]), String(countParameters(layer)), describe(layer)]),
    ["total", "", String(total), `${4 * total} bytes as f32`],
  ];
  const pad = (cell: string, column: number): string => {
    const width = Math.max(...lines.map((line) => line[column].length));
    return column === 2 ? cell.padStart(width) : cell.padEnd(width);
  };
  return lines.map((line) => line.map(pad).join("  ").trimEnd()).join("\n");
}

function outputOf({ features, backwardFeatures, sequence }: LayerShape): string {
  const sizes = backwardFeatures ? [features, backwardFeatures] : [features];
  return sizes.map((size) => showShape(["batch", ...(sequence ? ["time"] : []), size || "features"])).join(" and ");
}

/** The elements of all tensors inside. */
function countParameters(part: unknown): number {
  if (part instanceof Float32Array) return part.length;
  if (typeof part !== "object" || part === null) return 0;
  return Object.values(part).reduce((sum: number, inner) => sum + countParameters(inner), 0);
}

/** Options by their own names. Those that are off or have no effect are left out. */
function describe(layer: object): string {
  const parts = Object.entries(layer).flatMap(([key, value]) => {
    if (key === "kind" || key === "name" || [null, false, Infinity].includes(value)) return [];
    if (typeof value !== "object") return value === true ? key : `${key} ${value}`;
    const { name, code, alpha, beta } = value;
    if (code !== undefined) return `${key} ${name}${alpha || beta ? `(${alpha}, ${beta})` : ""}`;
    return value.kind ? `${key} (${describe(value)})` : [];
  });
  return parts.join(", ");
}
