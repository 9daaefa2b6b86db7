/**
 * The place of an account among all, evenly from 0 to below 1. Each salt has an order of its own: whom one share takes says nothing of
 * whom another does. (FNV-1a, mixed at the end as MurmurHash3 is: no secret is kept by it.)
 */
export function placeOf(subject: string, salt: string): number {
  let hash = mix(mix(0x811c9dc5, salt), subject);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

function mix(start: number, text: string): number {
  let hash = start;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
