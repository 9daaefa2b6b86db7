/**
 * Which scripts a text is written in, and whether letters of one are passed off as letters of another. After Unicode's UTS
 * #39 (Unicode Security Mechanisms), the parts of it that names need: mixed scripts by its *moderately restrictive* level,
 * word by word, and the Cyrillic and Greek letters whose look it says is a Latin letter's.
 */

/** Scripts told apart; every other one is `Other`. */
export const scripts = [
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
export type Script = (typeof scripts)[number];

/** Characters of a text that are looked at: names are shorter. */
const charactersMax = 128;

/** Share of the letters that are of one script, 0 to 1; NaN without a letter. */
export function scriptShare(text: string, script: Script): number {
  const wanted = scripts.indexOf(script);
  let letters = 0;
  let found = 0;
  for (const character of beginning(text)) {
    const kind = kindOf(character);
    if (kind < 0) continue;
    letters++;
    if (kind === wanted) found++;
  }
  return found / letters;
}

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

/** Cyrillic and Greek letters that look like Latin ones and stand in one word with Latin letters. */
export function lookAlikeCount(text: string): number {
  let total = 0;
  let inWord = 0;
  let hasLatin = false;
  for (const character of `${beginning(text)} `) {
    const kind = kindOf(character);
    if (kind === latin) hasLatin = true;
    else if (lookAlikes.has(character)) inWord++;
    if (kind !== wordBreak) continue;
    if (hasLatin) total += inWord;
    inWord = 0;
    hasLatin = false;
  }
  return total;
}

/** Kinds beside the scripts' own numbers: digits, marks and letters of no one script stand in any word. */
const inAnyWord = -1;
const wordBreak = -2;
const latin = 0;

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

/** Those whose prototype in Unicode's confusables.txt is an ASCII letter; letters of small peoples are left out. */
const lookAlikes = new Set('агԁеһіјорԛѕуѵԝхАВЕЅІЈКМНОРСТУХѴαγινορσυϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ');

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
  if (/^[\p{M}\p{Nd}]$/u.test(character)) return inAnyWord;
  if (!/^\p{L}$/u.test(character)) return wordBreak;
  if (/^[\p{Script=Common}\p{Script=Inherited}]$/u.test(character)) return inAnyWord;
  const index = matchers.findIndex((matcher) => matcher.test(character));
  return index < 0 ? scripts.indexOf('Other') : index;
}

function beginning(text: string): string {
  return text.length > charactersMax ? text.slice(0, charactersMax) : text;
}
