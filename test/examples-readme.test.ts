import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");

describe("the README's programs", () => {
  // A ```js block, and what it prints: the ```text block that follows.
  const programs = [...readme.matchAll(/```js\n([\s\S]*?)```\s(?:[^`]*\s)?```text\n([\s\S]*?)```/g)];

  it("are found", () => {
    expect(programs).toHaveLength(readme.split("```js").length - 1);
    expect(programs.length).toBeGreaterThan(0);
  });

  it.each(programs.map(([, program, output]) => ({ program, output })))("print what it says: $output", (block) => {
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", block.program], {
      cwd: root,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout).toBe(block.output);
  });
});

describe("the README's links", () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path);
  it.each([...new Set(links)])("%s is there", (path) => {
    expect(() => readFileSync(`${root}${path}`)).not.toThrow();
  });
});
