// The programs that the playground shows for each framework, as JSON, for run_shown.py.
import { theirCode } from "../../examples/playground/model/framework-code.mjs";
import { frameworks } from "../../examples/playground/model/frameworks.mjs";
import { presets } from "../../examples/playground/model/presets.mjs";

const programs = presets.flatMap(({ id, state }) =>
  frameworks.map((framework) => ({ preset: id, framework: framework.id, program: theirCode(state, framework) })),
);
console.log(JSON.stringify(programs));
