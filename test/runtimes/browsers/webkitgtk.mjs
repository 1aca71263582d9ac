import { miniBrowser, onPath } from "../harness/tools.mjs";

export const webkitgtk = {
  name: "webkitgtk",
  engine: "JavaScriptCore",
  find: () => (onPath("xvfb-run") && onPath("xauth") ? miniBrowser() : null),
  version: (program) => ({ command: "xvfb-run", args: ["-a", program, "--version"] }),
  // The version in it is Safari's.
  userAgent: /Version\/[\d.]+ Safari/,
  // It has no headless mode: a display that nobody sees. Its sandbox and its compositor need what containers lack.
  start: (program) => (url, profile) => ({
    command: "xvfb-run",
    args: ["-a", program, "--private", url],
    env: {
      HOME: profile,
      LIBGL_ALWAYS_SOFTWARE: "1",
      WEBKIT_DISABLE_COMPOSITING_MODE: "1",
      WEBKIT_DISABLE_DMABUF_RENDERER: "1",
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    },
  }),
};
