import { importTool } from "../harness/tools.mjs";

/**
 * Chromium with somebody at its keyboard.
 *
 * @param {string} program
 * @param {(browser: any) => Promise<void>} use
 */
export async function withBrowser(program, use) {
  const { default: puppeteer } = await importTool("puppeteer-core");
  const flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking";
  const browser = await puppeteer.launch({
    executablePath: program,
    args: [...flags.split(" "), "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
  });
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}

/**
 * A page that is opened, and every error that it reports, which fails its check.
 *
 * @param {any} browser
 * @param {string} url
 * @param {{ width?: number, height?: number, dark?: boolean }} options
 */
export async function openDriven(browser, url, { width = 1280, height = 900, dark = false } = {}) {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.goto(url, { waitUntil: "load" });
  return {
    page,
    end: async () => {
      await page.close();
      if (errors.length > 0) throw new Error(`the page reported: ${errors.join("; ")}`);
    },
  };
}
