import { readFileSync } from "node:fs";
import { loadModel } from "../../../dist/index.js";
import { Reader, ranking } from "../../../examples/language-id/identify.mjs";
import { openDriven } from "./driven.mjs";

const folder = new URL("../../../examples/language-id/model/", import.meta.url);
const labels = JSON.parse(readFileSync(new URL("labels.json", folder), "utf8"));

/** What the page must show: the model's answer in this process, from nothing. */
async function expected(text) {
  const reader = new Reader(await loadModel(readFileSync(new URL("language-id.safetensors", folder))));
  reader.read(new TextEncoder().encode(text));
  return text === "" ? [] : ranking(reader.probabilities, labels).slice(0, 6);
}

async function compare(page, text) {
  const wanted = await expected(text);
  const shown = await page.$$eval("#languages li", (items) =>
    items.map(({ dataset }) => ({ code: dataset.code, probability: Number(dataset.probability) })),
  );
  const same = wanted.every(
    ({ code, probability }, i) => shown[i]?.code === code && shown[i].probability === probability,
  );
  if (!same || shown.length !== wanted.length) {
    throw new Error(`${JSON.stringify(text)}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(shown)}`);
  }
  return wanted;
}

const ready = (page) => page.waitForFunction(() => !document.querySelector("#text").disabled);

/** The page that reads along, as somebody types. By name, a check that returns what it saw. */
export const checks = {
  "each key moves the probabilities, to the bits of a run from the start": async (browser, url) => {
    const { page, end } = await openDriven(browser, url);
    await ready(page);
    await page.focus("#text");
    let typed = "";
    for (const letter of "Größe: où est-ce? Где?") {
      await page.keyboard.sendCharacter(letter);
      typed += letter;
      await compare(page, typed);
      const steps = await page.$eval("#status", (status) => Number.parseInt(status.textContent, 10));
      // Back to the last snapshot costs at most seven more.
      if (steps > new TextEncoder().encode(letter).length + 7) throw new Error(`${steps} steps for ${letter}`);
    }
    await end();
    return `${typed.length} keys`;
  },

  "deleting takes it back": async (browser, url) => {
    const { page, end } = await openDriven(browser, url);
    await ready(page);
    await page.focus("#text");
    const text = "Das ist ein ganz gewöhnlicher Satz auf Deutsch.";
    await page.keyboard.type(text);
    for (let length = text.length - 1; length >= text.length - 12; length--) {
      await page.keyboard.press("Backspace");
      await compare(page, text.slice(0, length));
    }
    await page.keyboard.down("Control");
    await page.keyboard.press("KeyA");
    await page.keyboard.up("Control");
    await page.keyboard.press("Backspace");
    await compare(page, "");
    await end();
    return "12 letters, then all of them";
  },

  "a change in the middle, and a long text": async (browser, url) => {
    const { page, end } = await openDriven(browser, url);
    await ready(page);
    const long = "Une phrase en français, encore et encore. ".repeat(20);
    for (const text of [
      long,
      `${long.slice(0, 300)}¡Español!${long.slice(300)}`,
      long.slice(0, 256),
      long.slice(0, 257),
    ]) {
      await page.$eval(
        "#text",
        (area, value) => {
          area.value = value;
          area.dispatchEvent(new Event("input"));
        },
        text,
      );
      await compare(page, text);
    }
    await end();
    return `${long.length} letters`;
  },

  "an example, by keyboard": async (browser, url) => {
    const { page, end } = await openDriven(browser, url);
    await ready(page);
    await page.focus("#examples button:nth-child(2)");
    await page.keyboard.press("Enter");
    const [first] = await compare(page, "Wer nicht wagt, der nicht gewinnt.");
    if (first.code !== "de") throw new Error(`expected de, got ${first.code}`);
    await end();
    return `${first.name} ${(100 * first.probability).toFixed(1)} %`;
  },

  "a phone, in the dark: nothing is wider than the screen": async (browser, url) => {
    const { page, end } = await openDriven(browser, url, { width: 360, height: 740, dark: true });
    await ready(page);
    await page.click("#examples button:last-child");
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 360) throw new Error(`${width} pixels wide`);
    await end();
    return "360 pixels";
  },
};
