import table from "text-table";
import { type InspectedPart, type Inspection, inspect } from "../convert/index.ts";
import { openFile, type ReadingOptions, readLoadOptions } from "./files.ts";

/** `congruent inspect FILE` */
export async function inspectFile(
  path: string,
  options: ReadingOptions & { all?: boolean; json?: boolean },
): Promise<void> {
  const inspection = await inspect(await openFile(path), await readLoadOptions(options));
  process.stdout.write(
    options.json ? `${JSON.stringify(inspection, null, 2)}\n` : describe(path, inspection, options.all),
  );
}

const columns = ["layer", "kind", "shape", "reset", "activations", "options", "parameters", "bytes", "dtype", "error"];

function describe(path: string, inspection: Inspection, all = false): string {
  const { format, framework, version, semantics, parts, parameters, bytes, noChain } = inspection;
  const supported = parts.filter(({ refusal }) => refusal === null);
  const refused = parts.filter(({ refusal }) => refusal !== null);
  const rows = supported.map((part) => [
    ...names(part),
    count(part.parameters),
    count(part.bytes),
    part.dtype,
    worstError(part),
  ]);
  const total = ["total", "", "", "", "", "", count(parameters), count(bytes), "", ""];
  // Columns that no part has anything in say nothing.
  const isUsed = columns.map((_, i) => i < firstOptional || rows.some((row) => row[i] !== ""));
  const shown = [[...columns], ...rows, total].map((row) => row.filter((_, i) => isUsed[i]));
  const align = columns
    .filter((_, i) => isUsed[i])
    .map((column) => (column === "parameters" || column === "bytes" ? "r" : "l"));
  const lines = [
    `${path}: ${format}, written by ${framework}${version === null ? "" : ` ${version}`}; semantics ${semantics}`,
    "",
    table(shown, { align, hsep: "  " }),
    ...(refused.length > 0 ? ["", "not supported:", ...(all ? refused.map(sayWhy) : groupByKind(refused))] : []),
    "",
    noChain === null ? "The whole model can be converted." : `Not the whole model can be converted: ${noChain}.`,
  ];
  if (noChain !== null && supported.length > 0) {
    lines.push("What is in the table can be, with --layer NAME (or --node NAME).");
  }
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

const firstOptional = columns.indexOf("dtype");

/** Of the worst matrix, the rms error relative to the weights. */
function worstError({ errors }: InspectedPart): string {
  const worst = Math.max(...Object.values(errors).map(({ rms }) => rms));
  return Number.isFinite(worst) ? `${(100 * worst).toFixed(2)} %` : "";
}

const names = ({ name, kind, shape, reset, activations, options }: InspectedPart): string[] => [
  name,
  kind,
  shape,
  reset,
  activations,
  options,
];

const count = (value: number): string => value.toLocaleString("en");

const sayWhy = ({ name, kind, refusal }: InspectedPart): string => `  ${name} (${kind}): ${refusal}`;

/** A graph may have hundreds: one line for each kind, with the first one's reason. */
function groupByKind(parts: readonly InspectedPart[]): string[] {
  const kinds = new Map<string, InspectedPart[]>();
  for (const part of parts) kinds.set(part.kind, [...(kinds.get(part.kind) ?? []), part]);
  return [...kinds.values()].map((group) => {
    const more = group.length > 1 ? ` (and ${group.length - 1} more ${group[0].kind}: --all lists them)` : "";
    return sayWhy(group[0]) + more;
  });
}
