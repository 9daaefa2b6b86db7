/**
 * MurmurHash2 as Java's Kafka client computes it: 32 bits, signed. The partition of a key follows from it.
 * Source: `org.apache.kafka.common.utils.Utils.murmur2`.
 *
 * kafkajs has one as well. It multiplies without a bound on the length of its numbers, in time that grows with the square of
 * the key's: two megabytes hold the thread for minutes.
 */
export function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wordsEnd = bytes.length & ~3;
  let hash = seed ^ bytes.length;
  for (let at = 0; at < wordsEnd; at += 4) {
    let word = Math.imul(view.getInt32(at, true), factor);
    word ^= word >>> 24;
    hash = Math.imul(hash, factor) ^ Math.imul(word, factor);
  }
  if (wordsEnd < bytes.length) {
    for (let at = bytes.length - 1; at >= wordsEnd; at -= 1) hash ^= bytes[at]! << (8 * (at - wordsEnd));
    hash = Math.imul(hash, factor);
  }
  hash = Math.imul(hash ^ (hash >>> 13), factor);
  return hash ^ (hash >>> 15);
}

const seed = 0x9747_b28c;
const factor = 0x5bd1_e995;
