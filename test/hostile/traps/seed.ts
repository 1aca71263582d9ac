/** One file of 64 bytes, for readers that are wrong on purpose. */
export const seeds = () => [{ name: "trap", bytes: Uint8Array.from({ length: 64 }, (_, i) => i) }];
