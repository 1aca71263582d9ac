import type { HostileFormat } from "../format.ts";
import { seeds } from "./seed.ts";

/** Takes a default where it does not understand what it found. */
export default {
  seeds,
  read: async ({ bytes }) => (bytes[2] === 2 ? 0.5 : 0),
  judge: ({ read, sound }) => `gave ${read} for ${sound}`,
} satisfies HostileFormat;
