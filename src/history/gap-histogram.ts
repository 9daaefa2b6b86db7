/**
 * How long the gaps between an entity's own touches are, in eight classes: a script keeps to one or two, a person's day spreads
 * over many. Source of the idea: Chu et al., "Detecting Automation of Twitter Accounts", TDSC 2012 (entropy of intervals).
 *
 * Class 0 is below a second, class k from 4^(k-1) to 4^k seconds, and the last, from 4,096 s on, has no end. A class counts in
 * eight bits. When one is full, all are halved, so that what an entity did long ago fades.
 */
export const gapWords = 2;

const classCount = 8;
const countMax = 0xff;
const bitsPerClass = 8;
const classesPerWord = 4;
/** Fewer gaps than this say nothing of their spread. */
const gapsMin = 4;
/** [count] count × log2(count). */
const weights = Float64Array.from({ length: countMax + 1 }, (_, count) => (count === 0 ? 0 : count * Math.log2(count)));

/** Counts a gap, in seconds, not below 0. The histogram is the `gapWords` words from `at` on, all zeros at first. */
export function addGap(words: Uint32Array, at: number, gapS: number): void {
  const gapClass = classOf(gapS);
  const word = at + Math.floor(gapClass / classesPerWord);
  const shift = (gapClass % classesPerWord) * bitsPerClass;
  if (((words[word]! >>> shift) & countMax) === countMax) halve(words, at);
  words[word]! += 2 ** shift;
}

/** Shannon entropy of the classes, 0 to 3 bits; NaN of fewer than four gaps. */
export function gapEntropyBits(words: Uint32Array, at: number): number {
  let total = 0;
  let weight = 0;
  for (let word = at; word < at + gapWords; word++) {
    for (let rest = words[word]!; rest !== 0; rest >>>= bitsPerClass) {
      total += rest & countMax;
      weight += weights[rest & countMax]!;
    }
  }
  // Of one class alone, rounding would leave a little less than nothing.
  return total < gapsMin ? NaN : Math.max(0, Math.log2(total) - weight / total);
}

function classOf(gapS: number): number {
  let gapClass = 0;
  for (let endS = 1; gapS >= endS && gapClass < classCount - 1; endS *= 4) gapClass++;
  return gapClass;
}

function halve(words: Uint32Array, at: number): void {
  // The lowest bit of each class would fall into the class below.
  for (let word = at; word < at + gapWords; word++) words[word] = (words[word]! >>> 1) & 0x7f7f7f7f;
}
