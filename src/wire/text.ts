/**
 * Lengths of the contract are in Unicode code points, which is what a JSON Schema counts: an emoji outside the basic plane is
 * one, and two UTF-16 units.
 */

/** Whether a well-formed text has more than `lengthMax` code points. */
export function isLongerThan(text: string, lengthMax: number): boolean {
  // A code point is one or two units: most texts are told by their length alone.
  if (text.length <= lengthMax) return false;
  return text.length > 2 * lengthMax || lengthOf(text) > lengthMax;
}

/** Code points of a text. */
export function lengthOf(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at += unitsAt(text, at)) length++;
  return length;
}

/** The first `lengthMax` code points of a text: never half of a surrogate pair. */
export function cutTo(text: string, lengthMax: number): string {
  let end = 0;
  for (let length = 0; length < lengthMax && end < text.length; length++) end += unitsAt(text, end);
  return text.slice(0, end);
}

function unitsAt(text: string, at: number): 1 | 2 {
  return text.codePointAt(at)! > 0xffff ? 2 : 1;
}
