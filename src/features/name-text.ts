import { withAsciiDigits } from './digits.ts';
import { readMixedWords } from './text-script.ts';

/**
 * Names and biographies as people see them. After Unicode's UTS #39 (Unicode Security Mechanisms), section 4: two texts are
 * the same when their skeletons are.
 */

const printableAscii = /^[\x20-\x7e]*$/;
/** Zero-width characters, soft hyphens, variation selectors, marks of direction, fillers; and the blank of Braille. */
const invisible = /[\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** Those that build no grapheme with what stands before them; the others do not count by themselves anyway. */
const invisibleAlone = /[[\p{Default_Ignorable_Code_Point}\u2800]--\p{Grapheme_Extend}--\u200d]/gv;
const spaces = /\s+/gu;
/**
 * Letters, digits and signs of the usual scripts, each of which is one character to a reader whatever stands beside it: none joins
 * another, none is invisible, none is half of one. Left out of these blocks: marks, conjoining parts of Hangul, the soft hyphen.
 */
const standingAlone =
  /^[\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u0620-\u064a\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff\uac00-\ud7a3]*$/;
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * What can be seen of a text, in one spelling: composed, compatibility forms such as bold or full-width letters as plain ones
 * (NFKC), digits of all scripts as ASCII. Empty when there is nothing to see.
 */
export function visibleText(text: string): string {
  if (printableAscii.test(text)) return text.trim();
  return withAsciiDigits(text.replace(invisible, '').normalize('NFKC')).trim();
}

/**
 * What texts that look the same have in common: the visible text without case and with single spaces. In a word that mixes
 * scripts, letters that look like Latin ones are these; a word wholly in one script stays what it is, so that nobody's name
 * becomes another's because the two scripts share shapes.
 */
export function nameSkeleton(text: string): string {
  const plain = visibleText(text).replace(spaces, ' ');
  return printableAscii.test(plain) ? plain.toLowerCase() : foldCase(readMixedWords(foldCase(plain)));
}

/** How many characters a reader counts: grapheme clusters, so that a family emoji is one and a soft hyphen none. */
export function graphemeCount(text: string): number {
  // Boundaries of graphemes are looked up in tables, some microseconds a name.
  if (standingAlone.test(text)) return text.length;
  let count = 0;
  for (const _ of graphemes.segment(text.replace(invisibleAlone, ''))) count++;
  return count;
}

/** On a letter that has its dot already nobody sees another one: `i` with a dot looks like `i`, and is what `İ` is in lower case. */
const unseenDot = /(?<=[ijіј])\u0307/gu;

/** Upper case first: `ß` and `SS`, both forms of sigma, Turkish letters with and without dot fall together. */
function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase().replace(unseenDot, '').normalize('NFKC');
}
