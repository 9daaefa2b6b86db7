import { nameModelTable } from './name-model-table.ts';

/**
 * How much a name looks like names that people choose: a Markov chain over characters, learned from the honest people of the
 * simulation (`development/train-name-model.ts`), so that no list of bad words is needed. Source of the idea: Xiao, Freeman and Hwa,
 * "Detecting Clusters of Fake Accounts in Online Social Networks", AISec 2015; Freeman, "Using Naive Bayes to Detect Spammy
 * Names in Social Networks", AISec 2013.
 */

/** Symbols: 0 the edge of a word, 1 to 26 the letters, 27 any digit. */
export const nameSymbolCount = 28;
/** The table holds bits, times this. */
export const nameModelScale = 16;
/** Letters that tell names from pressed keys: of fewer, most are initials. */
const lettersMin = 3;
/** Symbols that are read of one name: the edges and 64 between them. */
export const nameSymbolsMax = 66;

const edge = 0;
const digit = 27;
const table = new Uint8Array(Buffer.from(nameModelTable, 'base64'));
const symbols = new Uint8Array(nameSymbolsMax);

/**
 * Mean base-2 logarithm of the probability of each character after the one before it, the end of each word included: about
 * -3.6 for a name, below -6 for keys pressed at random. NaN for a text with fewer than three Latin letters, or with one of another script.
 */
export function nameLikelihood(text: string): number {
  const count = readNameSymbols(text, symbols);
  let bits = 0;
  let letters = 0;
  for (let index = 1; index < count; index++) {
    const symbol = symbols[index]!;
    if (symbol !== edge && symbol !== digit) letters++;
    bits += table[symbols[index - 1]! * nameSymbolCount + symbol]!;
  }
  return letters < lettersMin ? NaN : -bits / ((count - 1) * nameModelScale);
}

/**
 * Writes a name as symbols, edges at both ends and one for whatever is neither letter nor digit; marks on letters are dropped.
 * @param into At least `nameSymbolsMax` long. @returns How many; 0 for a text without a Latin letter, or with another script's.
 */
export function readNameSymbols(text: string, into: Uint8Array): number {
  const plain = plainLatin(text);
  if (plain === undefined) return 0;
  let letters = 0;
  let count = 1;
  into[0] = edge;
  for (let index = 0; index < plain.length && count < nameSymbolsMax - 1; index++) {
    const symbol = symbolOf(plain.charCodeAt(index));
    if (symbol === edge && into[count - 1] === edge) continue;
    if (symbol !== edge && symbol !== digit) letters++;
    into[count++] = symbol;
  }
  if (into[count - 1] !== edge) into[count++] = edge;
  return letters === 0 ? 0 : count;
}

function symbolOf(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return digit;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x7a ? letter - 0x60 : edge;
}

const beyondAscii = /[\u0080-\uffff]/;
const marks = /\p{M}/gu;
const otherLetter = /(?!\p{Script=Latin})\p{L}/u;
/** Latin letters that are more than a letter with a mark. */
const plainForms: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
};
const specialLetter = new RegExp(`[${Object.keys(plainForms).join('')}]`, 'g');

/** The text in ASCII letters where it is Latin; undefined when it holds a letter of another script. */
function plainLatin(text: string): string | undefined {
  const start = text.length > nameSymbolsMax ? text.slice(0, nameSymbolsMax) : text;
  if (!beyondAscii.test(start)) return start;
  const plain = start.normalize('NFKD').replace(marks, '').toLowerCase();
  if (otherLetter.test(plain)) return undefined;
  return plain.replace(specialLetter, (letter) => plainForms[letter]!);
}
