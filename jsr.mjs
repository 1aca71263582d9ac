// dist/ → build/jsr/, which jsr.json publishes. Usage: npm run build:jsr, then deno publish
//
// Deno finds the types of an npm package as TypeScript does, but in a package of JSR it reads what each file says: an
// entry names its types in its first line, and declarations import each other by the names that they have.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const [dist, target] = [folder("dist/"), folder("build/jsr/")];
rmSync(target, { recursive: true, force: true });
cpSync(dist, target, { recursive: true });

for (const file of readdirSync(target, { recursive: true, encoding: "utf8" })) {
  if (!file.endsWith(".d.ts")) continue;
  const declarations = readFileSync(target + file, "utf8");
  writeFileSync(
    target + file,
    declarations.replaceAll(/((?:from|import) ?\(?)"(\.[^"]+)\.js"/g, (_, before, path) => `${before}"${path}.d.ts"`),
  );
}

const { exports } = JSON.parse(readFileSync(folder("package.json"), "utf8"));
for (const { types, default: script } of Object.values(exports)) {
  if (!script) continue;
  const file = script.replace("./dist/", target);
  const line = `/* @ts-self-types="${types.replace("./dist/", "./")}" */\n`;
  writeFileSync(file, line + readFileSync(file, "utf8"));
}
