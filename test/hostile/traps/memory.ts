import type { HostileFormat } from "../format.ts";
import { seeds } from "./seed.ts";

/** Believes a size that the file declares. */
export default {
  seeds,
  read: async ({ bytes }) => new Float32Array(2 ** 17 * (bytes[1] ?? 0)).fill(1).length > 0,
} satisfies HostileFormat;
