// A model file, and its results: loadModel and verify give the same bits in every runtime.

/**
 * writeModel's file of Masking, GRU and Dense with a sample, in base64. Its weights are sines; the results that it holds
 * are the reference's, with a tolerance of 0.
 */
const text =
  "qAQAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJjb25ncnVlbnQiOiJ7XCJ2ZXJzaW9uXCI6MSxcImxheWVyc1wiOlt7XCJ0eXBlXCI6XCJtYXNraW" +
  "5nXCIsXCJuYW1lXCI6XCJtYXNraW5nXCIsXCJtYXNrVmFsdWVcIjowfSx7XCJ0eXBlXCI6XCJncnVcIixcIm5hbWVcIjpcImdydVwiLFwidW5p" +
  "dHNcIjoyLFwicmVzZXRBZnRlclwiOnRydWUsXCJyZXR1cm5TZXF1ZW5jZXNcIjp0cnVlLFwicmV0dXJuU3RhdGVcIjp0cnVlLFwiZ29CYWNrd2" +
  "FyZHNcIjpmYWxzZSxcInN0YXRlZnVsXCI6ZmFsc2UsXCJ6ZXJvT3V0cHV0Rm9yTWFza1wiOmZhbHNlLFwiYWN0aXZhdGlvblwiOntcIm5hbWVc" +
  "IjpcInRhbmhcIn0sXCJyZWN1cnJlbnRBY3RpdmF0aW9uXCI6e1wibmFtZVwiOlwic2lnbW9pZFwifX0se1widHlwZVwiOlwiZGVuc2VcIixcIm" +
  "5hbWVcIjpcImRlbnNlXCIsXCJ1bml0c1wiOjEsXCJhY3RpdmF0aW9uXCI6e1wibmFtZVwiOlwidGFuaFwifX1dLFwic2VtYW50aWNzXCI6XCJ0" +
  "ZjFcIixcInRlc3RcIjp7XCJyZXN1bHRzXCI6e30sXCJ0b2xlcmFuY2VcIjowLFwibGVuZ3Roc1wiOlszXX19IiwiY29uZ3J1ZW50LmNoZWNrc3" +
  "VtIjoiZGUwZmQ4NWM0MGFjZmI2NyJ9LCJsYXllcnMuMS5rZXJuZWwiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsNl0sImRhdGFfb2Zmc2V0" +
  "cyI6WzAsNDhdfSwibGF5ZXJzLjEucmVjdXJyZW50S2VybmVsIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyLDZdLCJkYXRhX29mZnNldHMiOl" +
  "s0OCw5Nl19LCJsYXllcnMuMS5iaWFzIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOls2XSwiZGF0YV9vZmZzZXRzIjpbOTYsMTIwXX0sImxheWVy" +
  "cy4xLnJlY3VycmVudEJpYXMiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzZdLCJkYXRhX29mZnNldHMiOlsxMjAsMTQ0XX0sImxheWVycy4yLm" +
  "tlcm5lbCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwxXSwiZGF0YV9vZmZzZXRzIjpbMTQ0LDE1Ml19LCJ0ZXN0LmlucHV0Ijp7ImR0eXBl" +
  "IjoiRjMyIiwic2hhcGUiOlsxLDMsMl0sImRhdGFfb2Zmc2V0cyI6WzE1MiwxNzZdfSwidGVzdC5yZXN1bHRzLm91dHB1dHMiOnsiZHR5cGUiOi" +
  "JGMzIiLCJzaGFwZSI6WzEsMywxXSwiZGF0YV9vZmZzZXRzIjpbMTc2LDE4OF19LCJ0ZXN0LnJlc3VsdHMuc3RhdGUwIjp7ImR0eXBlIjoiRjMy" +
  "Iiwic2hhcGUiOlsxLDJdLCJkYXRhX29mZnNldHMiOlsxODgsMTk2XX19ICAgpGpXP7fHaD/DgRA+z71BvxB8db+MD4++RjAoP5VGfT8yAdM++E" +
  "QLv1z/f7/YXAm/pGpXP7fHaD/DgRA+z71BvxB8db+MD4++RjAoP5VGfT8yAdM++EQLv1z/f7/YXAm/pGpXP7fHaD/DgRA+z71BvxB8db+MD4++" +
  "RjAoP5VGfT8yAdM++EQLv1z/f7/YXAm/AACAPwAAgL8AAIA/AAAAQAAAAAAAAAAAAACAvwAAAD8Ft4+8P1UJvvcYbL7iZLy+R14Ivg==";

const bytes = () => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/**
 * loadModel of an entry, with what carries bytes in this runtime.
 *
 * @param {string} entry its name
 * @param {(source: unknown) => Promise<object>} loadModel
 * @param {Record<string, () => unknown>} others sources that only this runtime has: a path, a URL
 * @returns {Promise<import("./suite.mjs").Check[]>}
 */
export async function checkFile(entry, loadModel, others = {}) {
  const sources = {
    bytes,
    ArrayBuffer: () => bytes().buffer,
    Response: () => new Response(bytes()),
    Blob: () => new Blob([bytes()]),
    "promise of bytes": () => Promise.resolve(bytes()),
    ...others,
  };
  const checks = [];
  for (const [name, source] of Object.entries(sources)) {
    let detail;
    try {
      const model = await loadModel(source());
      const { deviation, tolerance } = model.verify();
      detail = `deviation ${deviation}, tolerance ${tolerance}`;
      checks.push({ name: `${entry}: loadModel of ${name}`, passed: deviation === 0 && tolerance === 0, detail });
    } catch (error) {
      checks.push({ name: `${entry}: loadModel of ${name}`, passed: false, detail: String(error?.message ?? error) });
    }
  }
  return checks;
}

export { bytes as modelFile };
