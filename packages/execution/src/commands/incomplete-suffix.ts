/**
 * How many bytes at the end begin a UTF-8 character that more bytes could complete: 0 to 3. Bytes that are invalid
 * already do not count.
 */
export function incompleteSuffix(bytes: Uint8Array): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length += 1) {
    const lead = bytes[bytes.length - length]!;
    if (lead < 0x80) return 0;
    if (lead < 0xc0) continue;
    return isValidPrefix(bytes.subarray(bytes.length - length), lead) ? length : 0;
  }
  return 0;
}

/** Table 3-7 of the Unicode standard: the second byte is restricted after E0, ED, F0 and F4. */
function isValidPrefix(prefix: Uint8Array, lead: number): boolean {
  const size =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (prefix.length >= size) return false;
  const second = prefix[1];
  if (second === undefined) return true;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return second >= low && second <= high;
}
