// One section in a process of its own: what one engine leaves behind in memory, or in the compilers' feedback, is not the
// next section's. Started by run.mjs, to which it sends its records.
//
// Usage: node --expose-gc section.mjs NAME [--quick]

import { settingsFor } from "./options.mjs";

const [name, ...flags] = process.argv.slice(2);
const { run } = await import(`./sections/${name}.mjs`);
const send = process.send?.bind(process) ?? console.log;
for await (const record of run(settingsFor(flags.includes("--quick")))) send(record);
process.disconnect?.();
