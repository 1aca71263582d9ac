import { onPath } from "../harness/tools.mjs";

export const chromium = {
  name: "chromium",
  engine: "V8",
  find: () => onPath("chromium", "chromium-browser", "google-chrome"),
  version: (program) => ({ command: program, args: ["--version"] }),
  userAgent: /Chrome\/(\d+)/,
  /** The flag that makes V8 write a line for each garbage collection, and how the line names the heap. */
  traceCollections: { flag: "--trace-gc", heap: /^\[(\d+:0x[0-9a-f]+)\] +\d+ ms: /gm },
  // The suite makes more models than one process has room for: see collect.mjs.
  start:
    (program, flag = "--expose-gc") =>
    (url, profile) => ({
      command: program,
      args: [
        ..."--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking".split(
          " ",
        ),
        ..."--disable-component-update --disable-sync --disable-dev-shm-usage --remote-debugging-port=0".split(" "),
        `--js-flags=${flag}`,
        `--user-data-dir=${profile}`,
        url,
      ],
    }),
};
