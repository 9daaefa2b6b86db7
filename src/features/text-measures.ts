/** Measures of short strings such as user names. All are pure, case-blind where letters matter, and bounded by the decoder. */

/** Share of code points that are ASCII digits, 0 to 1; NaN for the empty string. */
export function digitShare(text: string): number {
  let digits = 0;
  let characters = 0;
  for (const character of text) {
    characters++;
    if (isDigit(character.charCodeAt(0))) digits++;
  }
  return digits / characters;
}

/** Length of the longest run of ASCII digits. */
export function longestDigitRun(text: string): number {
  let longest = 0;
  let run = 0;
  for (let index = 0; index < text.length; index++) {
    run = isDigit(text.charCodeAt(index)) ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest;
}

/** Share of ASCII letters that are vowels (y among them), 0 to 1; NaN without a letter. */
export function vowelShare(text: string): number {
  let letters = 0;
  let vowels = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index) | 0x20;
    if (unit < 0x61 || unit > 0x7a) continue;
    letters++;
    if (unit === 0x61 || unit === 0x65 || unit === 0x69 || unit === 0x6f || unit === 0x75 || unit === 0x79) vowels++;
  }
  return vowels / letters;
}

const occurrences = new Uint16Array(256);

/** Shannon entropy of the characters, bits per character; characters are told apart by their low 8 bits. NaN when empty. */
export function entropyBits(text: string): number {
  const { length } = text;
  for (let index = 0; index < length; index++) occurrences[text.charCodeAt(index) & 0xff]!++;
  let sum = 0;
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index) & 0xff;
    const count = occurrences[unit]!;
    if (count === 0) continue;
    sum += count * Math.log2(count);
    occurrences[unit] = 0;
  }
  return length === 0 ? NaN : Math.log2(length) - sum / length;
}

const bigrams = new Uint8Array(1024);

/**
 * Dice coefficient of the two strings' letter pairs, 0 (nothing shared) to 1 (the same pairs); NaN when one has no pair.
 * Pairs are told apart by a 10-bit hash. Source: Dice, 1945, as used for names by White, "How to Strike a Match".
 */
export function pairSimilarity(first: string, second: string): number {
  const firstPairs = first.length - 1;
  const secondPairs = second.length - 1;
  if (firstPairs < 1 || secondPairs < 1) return NaN;
  for (let index = 0; index < firstPairs; index++) bigrams[pairAt(first, index)]!++;
  let shared = 0;
  for (let index = 0; index < secondPairs; index++) {
    const pair = pairAt(second, index);
    if (bigrams[pair] === 0) continue;
    bigrams[pair]!--;
    shared++;
  }
  for (let index = 0; index < firstPairs; index++) bigrams[pairAt(first, index)] = 0;
  return (2 * shared) / (firstPairs + secondPairs);
}

const mark = /^\p{M}$/u;
/** Characters of a template. */
const shapeLengthMax = 24;

/**
 * The template of a name: each letter an `a`, each digit a `9`, every other character itself; the first 24 characters. Marks
 * belong to their letter. Names made by one script share it: `john_0142` and `mary_9310` are both `aaaa_9999`.
 *
 * @param text As `visibleText` returns it, so that digits of all scripts are digits.
 */
export function nameShape(text: string): string {
  let shape = '';
  for (const character of text) {
    if (shape.length === shapeLengthMax) break;
    const unit = character.charCodeAt(0);
    if (unit > 0x7f && mark.test(character)) continue;
    shape += isDigit(unit) ? '9' : unit > 0x7f || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a) ? 'a' : character;
  }
  return shape;
}

/** The skeleton of a name without the digits at its end: `john` for John01; `john_` for john_02. */
export function nameStem(skeleton: string): string {
  let end = skeleton.length;
  while (end > 0 && isDigit(skeleton.charCodeAt(end - 1))) end--;
  return skeleton.slice(0, end);
}

function pairAt(text: string, index: number): number {
  return (((lower(text.charCodeAt(index)) * 31) ^ lower(text.charCodeAt(index + 1))) >>> 0) & 0x3ff;
}

function lower(unit: number): number {
  return unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}
