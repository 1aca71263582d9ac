/** All cases over the module whose path is given, for a process of another engine. Prints what differs, as JSON. */
import { readFileSync } from "node:fs";
import { cases, findDifference } from "./int8-product.ts";

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
const results: [string, string | null][] = [];
for (const [name, list] of cases()) {
  let fault: string | null = null;
  list.forEach((each, i) => {
    fault ??= findDifference(module, each, i + 1);
  });
  results.push([name, fault]);
}
console.log(JSON.stringify(results));
