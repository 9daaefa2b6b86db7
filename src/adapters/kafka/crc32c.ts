/**
 * CRC-32C (Castagnoli), which stands in the header of each record batch; Node has only the other one. Eight bytes at a time
 * ("slicing by 8"): 1.3 GB/s of one core, so half a microsecond for an event of 600 bytes.
 */
const polynomial = 0x82f6_3b78;
const tableCount = 8;
/** [8 × 256] what a byte does to the sum, by how many bytes stand behind it in the eight. */
const table = new Int32Array(tableCount * 256);

for (let byte = 0; byte < 256; byte += 1) {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
  table[byte] = sum;
}
for (let at = 256; at < table.length; at += 1) {
  const former = table[at - 256]!;
  table[at] = (former >>> 8) ^ table[former & 0xff]!;
}

/** From 0 to 2^32 - 1. */
export function crc32c(bytes: Uint8Array): number {
  const eightsEnd = bytes.length - 7;
  let sum = -1;
  let at = 0;
  for (; at < eightsEnd; at += 8) {
    const low = sum ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    sum =
      table[0x700 | (low & 0xff)]! ^
      table[0x600 | ((low >>> 8) & 0xff)]! ^
      table[0x500 | ((low >>> 16) & 0xff)]! ^
      table[0x400 | (low >>> 24)]! ^
      table[0x300 | bytes[at + 4]!]! ^
      table[0x200 | bytes[at + 5]!]! ^
      table[0x100 | bytes[at + 6]!]! ^
      table[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at += 1) sum = table[(sum ^ bytes[at]!) & 0xff]! ^ (sum >>> 8);
  return (sum ^ -1) >>> 0;
}
