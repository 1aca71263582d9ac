import { checkChoice, checkKeys } from "../options.ts";
import { type Preset, presets, type Semantics } from "./semantics.ts";

/** A framework by name; or single rules, over those of a preset. */
export type SemanticsOption = Preset | ({ readonly preset?: Preset | undefined } & Partial<Semantics>);

/** The values that each rule can have, by name. */
const choices = {
  paddedOutput: ["zero", "carry-output", "carry-state"],
  emptyState: ["initial", "zero", "error"],
  longLength: ["error", "clamp", "clamp-forward"],
  negativeLength: ["error", "zero"],
  backwardsOrder: ["input", "processing"],
  bidirectionalPadding: ["zero", "same"],
  lastOutput: ["step", "state"],
} as const satisfies { [Rule in keyof Semantics]: readonly Semantics[Rule][] };

/**
 * A user's option → every rule.
 *
 * @param standard the preset where none is named
 * @throws CongruentError `option`
 */
export function resolveSemantics(standard: Preset, option: SemanticsOption = standard): Semantics {
  if (typeof option === "string") return named(option);
  const rules = Object.keys(choices) as (keyof Semantics)[];
  checkKeys(option, ["preset", ...rules], "semantics");
  const semantics: Record<string, unknown> = { ...named(option.preset ?? standard) };
  for (const rule of rules) {
    const chosen: unknown = option[rule] ?? semantics[rule];
    const also = rule === "paddedOutput" ? ", { value: a number }" : "";
    const { value } = chosen as { value?: unknown };
    if (also && typeof value === "number") {
      semantics[rule] = { value: Math.fround(value) };
    } else {
      checkChoice(chosen, choices[rule], `semantics.${rule}`, also);
      semantics[rule] = chosen;
    }
  }
  return semantics as unknown as Semantics;
}

function named(name: Preset): Semantics {
  if (!Object.hasOwn(presets, name)) checkChoice(name, Object.keys(presets), "semantics");
  return presets[name];
}
