// @ts-check
// Which language is this text in? A Cloudflare Worker: post text, get JSON.
import { loadModel } from "congruent";
import { Reader, ranking } from "../identify.mjs";
import labels from "../model/labels.json" with { type: "json" };
import file from "../model/language-id.safetensors";

/** Bytes of a text, at most: more say nothing new, and cost time. */
const MOST = 1_000_000;

/** @type {Promise<import("congruent").Model> | undefined} */
let model;

export default {
  /** @param {Request} request */
  async fetch(request) {
    if (request.method !== "POST") {
      return answer(405, { error: "post the text: curl --data-binary @FILE URL" }, { allow: "POST" });
    }
    model ??= loadModel(file);
    const reader = new Reader(await model);
    // fatal: bytes that are no text are refused, wherever they come; a character may be cut by the end of a chunk.
    const text = new TextDecoder("utf-8", { fatal: true });
    let control = 0;
    let length = 0;
    try {
      for await (const chunk of chunksOf(request)) {
        length += chunk.length;
        // What is too long is read to its end all the same, though no further into the model: a client that is answered
        // while it is still sending may take the closed connection for a failure.
        if (length > MOST) continue;
        control += countControl(text.decode(chunk, { stream: true }));
        reader.read(chunk);
      }
      if (length > MOST) return answer(413, { error: `expected at most ${MOST} bytes` });
      control += countControl(text.decode());
    } catch (error) {
      if (error instanceof TypeError) return answer(415, { error: "expected text in UTF-8" });
      throw error;
    }
    if (reader.length === 0) return answer(400, { error: "expected text, got nothing" });
    if (control > 0) return answer(415, { error: "expected text, got control characters" });
    const languages = ranking(reader.probabilities, labels);
    return answer(200, { language: languages[0].code, bytes: reader.length, languages: languages.slice(0, 5) });
  },
};

/** @param {Request} request @returns {AsyncIterable<Uint8Array> | Uint8Array[]} */
function chunksOf(request) {
  return /** @type {any} */ (request.body) ?? [];
}

/** Characters that no text has: all below the space but tab and line ends. @param {string} text */
function countControl(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.match(/[\0-\x08\x0e-\x1a\x1c-\x1f]/g)?.length ?? 0;
}

/** @param {number} status @param {object} body @param {Record<string, string>} headers */
function answer(status, body, headers = {}) {
  return Response.json(body, { status, headers });
}
