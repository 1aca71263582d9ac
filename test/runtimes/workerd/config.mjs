/**
 * A configuration of workerd with one worker.
 *
 * @param {string[]} files its modules by name, each a file beside the configuration; the first is the worker's own
 * @param {Record<string, string>} names module name → file, where they differ
 */
export function workerdConfig(files, names = {}) {
  const modules = [...files.map((file) => [file, file]), ...Object.entries(names)].map(([name, file]) => {
    const kind = file.endsWith(".wasm") ? "wasm" : "esModule";
    return `    (name = "${name}", ${kind} = embed "${file}"),`;
  });
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (services = [(name = "main", worker = .worker)]);

const worker :Workerd.Worker = (
  modules = [
${modules.join("\n")}
  ],
  compatibilityDate = "2026-10-01",
);
`;
}
