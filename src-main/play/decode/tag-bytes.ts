const APE_HEADER_BYTES = 32;

/**
 * Length of a tag that players put before, between or behind the audio: ID3v2, ID3v1 ("TAG") or APE. 0 where there is none at `at`, and
 * `more` where the bytes end before it can be told.
 */
export function tagBytes(bytes: Uint8Array, at: number): number | "more" {
  const start = String.fromCharCode(...bytes.subarray(at, at + 8));
  if ("ID3".startsWith(start.slice(0, 3))) {
    if (bytes.length < at + 10) return "more";
    const [flags, a, b, c, d] = bytes.subarray(at + 5, at + 10) as unknown as [number, number, number, number, number];
    const isSound = ((a | b | c | d) & 0x80) === 0 && bytes[at + 3] !== 0xff;
    return isSound ? 10 + ((a << 21) | (b << 14) | (c << 7) | d) + (flags & 0x10 ? 10 : 0) : 0;
  }
  if ("TAG".startsWith(start.slice(0, 3))) return start.length < 3 ? "more" : 128;
  if (!"APETAGEX".startsWith(start)) return 0;
  if (bytes.length < at + APE_HEADER_BYTES) return "more";
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const isHeader = (view.getUint32(20, true) & 0x2000_0000) !== 0;
  return APE_HEADER_BYTES + (isHeader ? view.getUint32(12, true) : 0);
}
