/**
 * Whether letters of one script are passed off as letters of another. After Unicode's UTS #39 (Unicode Security Mechanisms),
 * the parts of it that names need: mixed scripts by its *moderately restrictive* level, word by word, and the Cyrillic and
 * Greek letters whose look it says is a Latin letter's.
 */

/** Scripts told apart; every other one is `Other`. */
const scripts = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Arabic',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Bopomofo',
  'Devanagari',
  'Bengali',
  'Tamil',
  'Telugu',
  'Thai',
  'Hebrew',
  'Armenian',
  'Georgian',
  'Ethiopic',
  'Khmer',
  'Myanmar',
  'Sinhala',
  'Gujarati',
  'Gurmukhi',
  'Kannada',
  'Malayalam',
  'Other',
] as const;
type Script = (typeof scripts)[number];

/** Characters of a text that are looked at: names are shorter. */
const charactersMax = 128;

/**
 * Whether a word holds letters of scripts that are not written together: Latin beside Cyrillic or Greek, or two scripts
 * neither of which is Latin, other than those of Japanese, Korean and Chinese. Two words may be of two scripts.
 */
export function mixesScripts(text: string): boolean {
  let systems = anySystem;
  for (const character of beginning(text)) {
    const kind = kindOf(character);
    if (kind === wordBreak) systems = anySystem;
    else if (kind >= 0) systems &= systemsOf[kind]!;
    if (systems === 0) return true;
  }
  return false;
}

/** Letters, marks and digits in a row, invisible characters gone. */
const words = /[\p{L}\p{M}\p{N}]+/gu;

/** The text with each letter that looks like a Latin one replaced by it, in words where it stands beside Latin letters. */
export function readMixedWords(text: string): string {
  return text.replace(words, (word) =>
    mixesScripts(word) && latinLetter.test(word)
      ? word.replace(beyondAscii, (character) => lookAlikes.get(character) ?? character)
      : word,
  );
}

/** Kinds beside the scripts' own numbers: digits, marks, what is not seen and letters of no one script stand in any word. */
const inAnyWord = -1;
const wordBreak = -2;

/** The writing systems that each script is used in, as bits: a word is mixed when its letters have no system in common. */
const anySystem = 2 ** scripts.length - 1;
const bitOf = (script: Script): number => 1 << scripts.indexOf(script);
const [japanese, korean, chinese] = [bitOf('Hiragana'), bitOf('Hangul'), bitOf('Bopomofo')];
const systemsOf: readonly number[] = scripts.map((script) => {
  switch (script) {
    case 'Latin':
      return anySystem & ~bitOf('Cyrillic') & ~bitOf('Greek');
    case 'Han':
      return japanese | korean | chinese;
    case 'Katakana':
      return japanese;
    default:
      return bitOf(script);
  }
});

const latinLetter = /\p{Script=Latin}/u;
const beyondAscii = /\P{ASCII}/gu;

/**
 * Letters of Cyrillic and Greek, each followed by the Latin one that it looks like: those whose own prototype, or else that of
 * their capital, in Unicode's confusables.txt is an ASCII letter; letters of small peoples are left out. In lower case.
 * Source: UTS #39, revision 30, https://www.unicode.org/Public/security/ (Unicode License v3).
 */
const lookAlikePairs =
  'аa вb сc ԁd еe гr һh нh іi јj кk ӏl мm оo рp ԛq ѕs тt уy үy ѵv ԝw хx ьb ' +
  'αa βb γy εe ζz ηn ιi κk μm νv οo ρp σo τt υu χx ϲc ϳj';
const lookAlikes = new Map(
  lookAlikePairs.split(' ').map((pair): [string, string] => {
    const [letter, latin] = Array.from(pair);
    return [letter!, latin!];
  }),
);

const matchers = scripts.slice(0, -1).map((script) => new RegExp(`^\\p{Script=${script}}$`, 'u'));

/** Kinds of the characters of the Basic Multilingual Plane, plus 3; 0 where not asked for yet. */
const known = new Uint8Array(0x1_0000);

function kindOf(character: string): number {
  const code = character.codePointAt(0)!;
  if (code >= known.length) return classify(character);
  if (known[code] === 0) known[code] = classify(character) + 3;
  return known[code]! - 3;
}

function classify(character: string): number {
  // What is not seen parts no word for a reader.
  if (/^[\p{M}\p{Nd}\p{Default_Ignorable_Code_Point}]$/u.test(character)) return inAnyWord;
  if (!/^\p{L}$/u.test(character)) return wordBreak;
  if (/^[\p{Script=Common}\p{Script=Inherited}]$/u.test(character)) return inAnyWord;
  const index = matchers.findIndex((matcher) => matcher.test(character));
  return index < 0 ? scripts.indexOf('Other') : index;
}

function beginning(text: string): string {
  return text.length > charactersMax ? text.slice(0, charactersMax) : text;
}
