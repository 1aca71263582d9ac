import { readFileSync } from "node:fs";
import { presets } from "../../../examples/playground/model/presets.mjs";
import { openDriven } from "./driven.mjs";

const recorded = JSON.parse(readFileSync(new URL("../../vectors/playground.json", import.meta.url), "utf8"));

/** The playground, as somebody sees it. By name, a check that returns what it saw. */
export const checks = {
  "each example shows what the frameworks answered": async (browser, url) => {
    const { page, end } = await openDriven(browser, url);
    let cells = 0;
    for (const { id } of presets) {
      await page.click(`#preset-${id}`);
      const shown = await page.$$eval("article", (cards) =>
        cards.map((card) => ({
          id: card.id,
          refusal: card.querySelector(".refusal")?.textContent ?? null,
          cells: Array.from(card.querySelectorAll("td"), (cell) => [
            cell.getAttribute("data-cell"),
            cell.getAttribute("data-values"),
            cell.textContent,
          ]),
        })),
      );
      if (shown.length !== 7) throw new Error(`expected 7 columns, got ${shown.length}`);
      for (const { id: framework, refusal, cells: drawn } of shown) {
        const wanted = recorded[id][framework];
        if (wanted?.error && !refusal) throw new Error(`${id}, ${framework}: should refuse`);
        if (!wanted?.outputs) continue;
        for (const [place, values, text] of drawn) {
          const [row, step] = place.slice(1).split(".").map(Number);
          const target = place[0] === "h" ? wanted.states[row] : wanted.outputs[row][step];
          const numbers = values.split(" ").map(Number);
          const near = (value, i) => Math.abs(value - target[i]) <= 2e-6 * (1 + Math.abs(target[i]));
          if (numbers.length !== target.length || !numbers.every(near)) {
            throw new Error(`${id}, ${framework}, ${place}: expected ${target}, got ${values}`);
          }
          if (!values.split(" ").every((value) => text.includes(value))) {
            throw new Error(`${id}, ${framework}, ${place}: the cell reads ${text}, not ${values}`);
          }
          cells++;
        }
      }
    }
    await end();
    return `${cells} cells of ${presets.length} examples`;
  },

  "the question's printed numbers, and what differs": async (browser, url) => {
    const { page, end } = await openDriven(browser, url);
    const marked = await page.$$eval("#keras td.differs", (cells) => cells.map((cell) => cell.dataset.cell));
    if (marked.join(" ") !== "y0.3 y0.4 y1.4") throw new Error(`marked: ${marked}`);
    const text = await page.$eval("#keras-unmasked tbody", (body) => body.textContent);
    for (const number of "-272.7276 -475.83362 -1.2876 -9.862801 -69.314 -213.94202 -373.54672".split(" ")) {
      if (!text.includes(number)) throw new Error(`expected ${number} in ${text}`);
    }
    await end();
    return marked.join(" ");
  },

  "keyboard: a step is masked, the link keeps it": async (browser, url) => {
    const { page, end } = await openDriven(browser, url);
    await page.focus("#preset-trailing");
    await page.keyboard.press("Enter");
    await page.focus(`#m0\\.1`);
    await page.keyboard.press("Space");
    const focused = await page.evaluate(() => document.activeElement?.id);
    if (focused !== "m0.1") throw new Error(`the focus went to ${focused}`);
    const values = await page.$eval('#keras [data-cell="y0.1"]', (cell) => cell.dataset.values);
    const before = await page.$eval('#keras [data-cell="y0.0"]', (cell) => cell.dataset.values);
    if (values !== before) throw new Error(`Keras repeats ${before} in a hole, the page shows ${values}`);
    const link = page.url();
    await end();
    const again = await openDriven(browser, link);
    const checked = await again.page.$eval("#m0\\.1", (box) => box.checked);
    const same = await again.page.$eval('#keras [data-cell="y0.1"]', (cell) => cell.dataset.values);
    await again.end();
    if (checked || same !== values) throw new Error("the link lost the mask");
    return `${link.length} characters`;
  },

  "typing a number computes anew; one that is not allowed does not": async (browser, url) => {
    const { page, end } = await openDriven(browser, url);
    await page.click("#preset-trailing");
    const first = () => page.$eval('#keras [data-cell="y0.0"]', (cell) => cell.dataset.values);
    const before = await first();
    await page.click("#x0\\.0", { count: 3 });
    await page.keyboard.type("2.5");
    await page.keyboard.press("Enter");
    const after = await first();
    if (after === before) throw new Error("nothing changed");
    await page.click("#l0", { count: 3 });
    await page.keyboard.type("-1");
    await page.keyboard.press("Enter");
    if ((await first()) !== after) throw new Error("a length of -1 was taken");
    await end();
    return after;
  },

  "a damaged link is said to be one": async (browser, url) => {
    const { page, end } = await openDriven(browser, `${url}#{broken`);
    const text = await page.$eval("#error", (error) => (error.hidden ? "" : error.textContent));
    if (!text.includes("does not hold a batch")) throw new Error(`it says: ${text}`);
    if ((await page.$$("article")).length !== 7) throw new Error("nothing is shown");
    await end();
    return text;
  },

  "code: shown when opened, for both sides": async (browser, url) => {
    const { page, end } = await openDriven(browser, url);
    for (const summary of await page.$$("#dynamic_rnn summary")) await summary.click();
    await page.waitForFunction(() => document.querySelectorAll("#dynamic_rnn pre").length === 2);
    const [ours, theirs] = await page.$$eval("#dynamic_rnn pre", (all) => all.map((pre) => pre.textContent));
    if (!ours.includes("lengths: [3, 4]") || !theirs.includes("v1.nn.dynamic_rnn(")) throw new Error(ours + theirs);
    await end();
    return "lengths: [3, 4]";
  },

  "a phone, in the dark: nothing is wider than the screen": async (browser, url) => {
    const { page, end } = await openDriven(browser, url, { width: 360, height: 740, dark: true });
    for (const { id } of presets) {
      await page.click(`#preset-${id}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > 360) throw new Error(`${id}: ${width} pixels wide`);
    }
    const colours = await page.evaluate(() => {
      const style = getComputedStyle(document.body);
      return [style.color, style.backgroundColor].map((text) => text.match(/\d+/g).map(Number)[0]);
    });
    if (!(colours[0] > 200 && colours[1] < 60)) throw new Error(`ink and page: ${colours}`);
    await end();
    return "360 pixels";
  },
};
