import type { HostileFormat } from "../format.ts";
import { seeds } from "./seed.ts";

/** Never comes to an end where the first byte is not what it was. */
export default {
  seeds,
  read: async ({ bytes }) => {
    while (bytes[0] !== 0);
    return bytes.length;
  },
} satisfies HostileFormat;
