import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onPath } from "../harness/tools.mjs";

/** A profile that asks nobody anything, and whose clock is not rounded. */
const preferences = {
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.healthreport.uploadEnabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "privacy.reduceTimerPrecision": false,
  "services.settings.server": "",
  "toolkit.telemetry.reportingpolicy.firstRun": false,
  "toolkit.telemetry.server": "",
};

export const firefox = {
  name: "firefox",
  engine: "SpiderMonkey",
  find: () => onPath("firefox-esr", "firefox"),
  version: (program) => ({ command: program, args: ["--version"] }),
  userAgent: /Firefox\/(\d+)/,
  start: (program) => (url, profile) => {
    const lines = Object.entries(preferences).map(
      (entry) => `user_pref(${entry.map((x) => JSON.stringify(x)).join(", ")});\n`,
    );
    writeFileSync(join(profile, "user.js"), lines.join(""));
    return { command: program, args: ["--headless", "--no-remote", "--profile", profile, url], env: { HOME: profile } };
  },
};
