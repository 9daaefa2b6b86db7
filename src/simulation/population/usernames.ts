import type { Random } from '../random.ts';
import { weighted } from '../random.ts';

/** The Latin parts that usernames and mailboxes are made of. */
export interface PlainName {
  readonly given: string;
  readonly family: string;
  /** Two digits: a year of birth or of fancy. */
  readonly year: string;
}

const words =
  'star moon pixel tiger coffee rain lucky dream shadow river cloud honey wolf sunny ninja panda rocket velvet echo frost mango jazz storm lotus comet ember maple turbo cherry nomad'.split(
    ' ',
  );

type Style = (name: PlainName, random: Random) => string;

const style = weighted<Style>([
  [(name) => `${name.given}.${name.family}`, 12],
  [(name) => `${name.given}${name.family}`, 10],
  [(name) => `${name.given}_${name.family}`, 9],
  [(name) => `${name.given}${name.year}`, 8],
  [(name) => `${name.given}.${name.family}${name.year}`, 9],
  [(name, random) => `${name.given}${name.family}${random.digits(random.integer(1, 4))}`, 12],
  [(name) => `${name.given.slice(0, 1)}${name.family}`, 6],
  [(name, random) => `${name.given}_${name.family.slice(0, 1)}${random.digits(random.integer(2, 3))}`, 6],
  [(name, random) => `${random.pick(words)}${name.given}`, 4],
  [(_, random) => `${random.pick(words)}_${random.pick(words)}`, 5],
  [(_, random) => `${random.pick(words)}${random.pick(words)}${random.digits(random.integer(2, 4))}`, 9],
  [(name, random) => `the${random.pick(words)}${name.year}`, 3],
  [(name) => `x${name.given}x`, 2],
]);

const oddStyle = weighted<Style>([
  [(_, random) => random.digits(random.integer(7, 11)), 5],
  [(_, random) => random.base36(random.integer(7, 11)), 4],
  [(name, random) => `${name.given.slice(0, 2)}${random.digits(random.integer(6, 8))}`, 4],
  [(_, random) => unspeakable(random, random.integer(6, 9)), 3],
  [(name, random) => `user${name.year}${random.digits(6)}`, 3],
]);

/** A username such as people choose. */
export function commonUsername(name: PlainName, random: Random): string {
  return style(random)(name, random);
}

/** A username of digits, leftovers or nothing that can be said aloud: what a platform proposes, or what was still free. */
export function oddUsername(name: PlainName, random: Random): string {
  return oddStyle(random)(name, random);
}

export function fancyWord(random: Random): string {
  return random.pick(words);
}

/** A made-up word for names of firms and domains, such as `melora`. */
export function coinedWord(random: Random, syllables: number): string {
  let word = '';
  for (let count = 0; count < syllables; count += 1) word += `${random.pick(onsets)}${random.pick(vowels)}`;
  return word;
}

const onsets = 'b d f g k l m n p r s t v z br tr st pl'.split(' ');
const consonants = 'b c d f g h j k l m n p q r s t v w x z'.split(' ');
const vowels = 'a e i o u a e o'.split(' ');

function unspeakable(random: Random, length: number): string {
  let text = '';
  while (text.length < length) text += random.pick(consonants);
  return text;
}
