import { request } from "node:http";
import { importTool } from "../harness/tools.mjs";
import { memoryOf } from "./server.mjs";

/** Sentences of our own, as clear as a sentence can be. */
export const sentences = {
  de: "Der Befehl zeigt alle Dateien in diesem Verzeichnis an.",
  en: "This command lists all files in the given directory.",
  es: "Este programa muestra todos los archivos del directorio.",
  fr: "Cette commande affiche tous les fichiers du répertoire.",
  ja: "このコマンドはディレクトリ内のすべてのファイルを表示する。",
  pl: "To polecenie wyświetla wszystkie pliki w podanym katalogu.",
  ru: "Эта команда показывает все файлы в указанном каталоге.",
};

/** Over HTTP, on one connection that ends with it. */
async function post(origin, body, options = {}) {
  const response = await fetch(origin, { method: "POST", body, ...options });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

/** A body that arrives in parts, without a content-length. @param {Iterable<Uint8Array>} parts */
function postInParts(origin, parts) {
  return new Promise((resolve, reject) => {
    const sent = request(origin, { method: "POST" }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode, json: JSON.parse(text) }));
      response.on("error", reject);
    });
    // A server that has refused the rest may close while we still send.
    sent.on("error", (error) => (error.code === "EPIPE" || error.code === "ECONNRESET" ? undefined : reject(error)));
    const send = async () => {
      for (const part of parts) {
        if (!sent.write(part)) await ready(sent);
        if (sent.destroyed) return;
        await new Promise(setImmediate);
      }
      sent.end();
    };
    send().catch(reject);
  });
}

/** Waits until a request takes more, or has been closed. */
function ready(sent) {
  return new Promise((resolve) => {
    const done = () => {
      sent.off("drain", done).off("close", done);
      resolve();
    };
    sent.on("drain", done).on("close", done);
  });
}

function expect(condition, what) {
  if (!condition) throw new Error(what);
}

const refused = (status, message) => async (answer) => {
  const { status: given, json } = await answer;
  expect(given === status && message.test(json.error), `expected ${status}, got ${given} ${JSON.stringify(json)}`);
  return `${status}: ${json.error}`;
};

/** By name, a check over HTTP that returns what it saw. */
export const checks = {
  "names the language": async ({ origin }) => {
    for (const [language, text] of Object.entries(sentences)) {
      const { status, json } = await post(origin, text);
      expect(
        status === 200 && json.language === language,
        `expected ${language}, got ${status} ${JSON.stringify(json)}`,
      );
      expect(json.bytes === new TextEncoder().encode(text).length, `${json.bytes} bytes of ${text}`);
    }
    return Object.keys(sentences).join(" ");
  },
  "a body in parts, cut inside a character, is the same text": async ({ origin }) => {
    const bytes = new TextEncoder().encode(sentences.ru);
    const { json: whole } = await post(origin, bytes);
    const { json: parts } = await postInParts(
      origin,
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
    );
    expect(
      JSON.stringify(whole) === JSON.stringify(parts),
      `${JSON.stringify(whole)}, in parts ${JSON.stringify(parts)}`,
    );
    return `${bytes.length} parts`;
  },
  "an empty body": ({ origin }) => refused(400, /got nothing/)(post(origin, "")),
  "bytes that are no text": ({ origin }) => refused(415, /UTF-8/)(post(origin, Uint8Array.of(0xff, 0xfe, 0x80, 0x00))),
  "a character that never ends": ({ origin }) => refused(415, /UTF-8/)(post(origin, Uint8Array.of(0x61, 0xe2, 0x82))),
  "control characters": ({ origin }) => refused(415, /control/)(post(origin, "PK\u0003\u0004 and more")),
  "10 MB": ({ origin }) => refused(413, /at most 1000000/)(post(origin, "a".repeat(10_000_000))),
  "10 MB in parts": ({ origin }) => {
    const part = new TextEncoder().encode("a".repeat(50_000));
    return refused(
      413,
      /at most 1000000/,
    )(
      postInParts(
        origin,
        Array.from({ length: 200 }, () => part),
      ),
    );
  },
  "another method": async ({ origin }) => {
    const response = await fetch(origin);
    expect(response.status === 405 && response.headers.get("allow") === "POST", `got ${response.status}`);
    return "405, Allow: POST";
  },
  "a long text in constant memory": async ({ origin, pid }) => {
    const text = new TextEncoder().encode(`${sentences.de} `.repeat(17_000).slice(0, 900_000));
    await post(origin, text);
    const before = memoryOf(pid);
    for (let i = 0; i < 8; i++) {
      const { json } = await post(origin, text);
      expect(json.language === "de" && json.bytes === text.length, JSON.stringify(json));
    }
    const grown = memoryOf(pid) - before;
    expect(grown < 32, `memory grew by ${grown.toFixed(1)} MB over eight texts`);
    return `${text.length} bytes, ${grown.toFixed(1)} MB more after eight of them`;
  },
};

/**
 * Many clients at once.
 *
 * @returns {Promise<{ requests: number, p50: number, p99: number, memory: number }>} requests a second, milliseconds, MB
 */
export async function load({ origin, pid }, seconds = 5) {
  const { default: autocannon } = await importTool("autocannon");
  const result = await autocannon({
    url: origin,
    method: "POST",
    body: sentences.fr,
    connections: 8,
    duration: seconds,
  });
  expect(result.errors === 0 && result.non2xx === 0, `${result.errors} errors, ${result.non2xx} refused`);
  return { requests: result.requests.average, p50: result.latency.p50, p99: result.latency.p99, memory: memoryOf(pid) };
}
