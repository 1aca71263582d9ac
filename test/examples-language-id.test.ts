import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = `${root}examples/language-id/model/`;
const json = (name: string) => JSON.parse(readFileSync(folder + name, "utf8"));

describe("examples/language-id", () => {
  it("gives Keras's probabilities on every committed text", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["examples/language-id/evaluate.mjs"], {
      cwd: root,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const texts = json("results.json").committedTexts;
    expect(texts).toBeGreaterThanOrEqual(2000);
    expect(stdout).toContain(`${texts} held-out texts`);
    expect(stdout).toContain(`same answer as Keras: ${texts}\n`);
  });

  it("classifies sentences at the end of npm start", () => {
    const main = "examples/language-id/node/main.mjs";
    const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
    expect(scripts.start).toMatch(new RegExp(`node ${main}$`));
    const { status, stdout, stderr } = spawnSync(process.execPath, [main], { cwd: root, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const lines = Array.from(stdout.matchAll(/^ {2}(\S+) +([\d.]+) %/gm), ([, name, percent]) => [
      name,
      Number(percent),
    ]);
    expect(lines.map(([name]) => name)).toEqual(["English", "German", "French", "Russian", "Japanese"]);
    // More likely than all the others together.
    for (const [, percent] of lines) expect(percent).toBeGreaterThan(50);
  });

  it("is as good as its README says", () => {
    const { heldOut, fortunes } = json("results.json");
    expect(heldOut[50].accuracyWithoutDanishAndNorwegian).toBeGreaterThanOrEqual(0.97);
    const readme = readFileSync(`${root}examples/language-id/README.md`, "utf8");
    const percent = (share: number) => (100 * share).toFixed(1);
    for (const bytes of [10, 20, 50, 100]) {
      expect(readme).toMatch(
        new RegExp(
          `\\| ${bytes} bytes \\| ${percent(heldOut[bytes].accuracy)} .*\\| ${percent(fortunes[bytes].accuracy)} \\|`,
        ),
      );
    }
  });

  it("names its outputs in the order of training, and is small", () => {
    expect(json("labels.json").map(({ code }: { code: string }) => code)).toEqual(json("results.json").languages);
    const size = (name: string) => statSync(folder + name).size;
    expect(size("language-id.keras") + size("language-id.safetensors")).toBeLessThan(2_000_000);
  });
});
