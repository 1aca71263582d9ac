/** How long a scope may take, in milliseconds. */
const limit = 20_000;

/** The result that a dedicated worker posts. */
export function runWorker(script) {
  return within(script, (resolve, reject) => {
    const worker = new Worker(script, { type: "module" });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = ({ message, filename, lineno }) => reject(new Error(`${message} (${filename}:${lineno})`));
  });
}

/** The result that a service worker answers with. */
export function runServiceWorker(script) {
  return within(script, async (resolve, reject) => {
    try {
      await navigator.serviceWorker.register(script, { type: "module" });
      const { active } = await navigator.serviceWorker.ready;
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => resolve(data);
      active.postMessage(null, [port2]);
    } catch (error) {
      reject(error);
    }
  });
}

/** The result that a page in a frame posts: a document with headers of its own. */
export function runFrame(path) {
  return within(path, (resolve) => {
    const frame = document.createElement("iframe");
    addEventListener("message", ({ source, data }) => {
      if (source !== frame.contentWindow) return;
      frame.remove();
      resolve(data);
    });
    frame.src = path;
    document.body.append(frame);
  });
}

/** @param {(resolve: (value: any) => void, reject: (reason: Error) => void) => void} start */
export function within(name, start) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`${name}: nothing after ${limit / 1000} s`)), limit);
    start(resolve, reject);
  });
}
