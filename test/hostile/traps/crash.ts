import type { HostileFormat } from "../format.ts";
import { seeds } from "./seed.ts";

/** Reads over the end. */
export default {
  seeds,
  read: async ({ bytes }) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(60),
} satisfies HostileFormat;
