// What an edge function gets that was built without the `edge-light` condition, where no WebAssembly may be compiled.
import { seedLayers } from "../seed.mjs";

addEventListener("fetch", (event) => event.respondWith(answer()));

async function answer() {
  const library = await import("congruent");
  try {
    library.createModel(seedLayers(library));
    return new Response("compiled");
  } catch (error) {
    return new Response(JSON.stringify({ code: error.code, message: error.message }));
  }
}
