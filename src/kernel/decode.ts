/**
 * The text in which the build keeps the module (`encode` in build.mjs) → its bytes.
 *
 * A character stands for one of 89 values, from # on without the backslash; } and ~ before it add 89 and 178 to it. The values
 * are the bytes plus 3. Plain JavaScript, since AudioWorklets have no `atob`.
 */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let size = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 124) bytes[size] = (code - 124) * 89;
    else bytes[size++] += code - (code > 92 ? 39 : 38);
  }
  return bytes.subarray(0, size);
}
