import { fault, type Check, type ReferenceSample } from './proof.ts';
import { scoreRows } from './rows.ts';

/** What a model has to show of what it says: something, in a sensible order, that does not block most of the honest. */

/** Between the lowest and the highest golden probability; trainers choose these rows to show the whole range. */
const goldenSpreadMin = 0.1;
/** Between the first and the last tenth of the scores of a reference sample. */
const referenceSpreadMin = 0.02;
const tailShare = 0.1;
/** Of the rows that are held for genuine. */
const blockedShareMax = 0.5;
/** Fewer rows on either side say nothing about order. */
const sideRowsMin = 16;

export const spread: Check = async ({ model, manifest, golden }, { reference }) => {
  const probabilities = golden.map(({ probability }) => probability);
  const [low, high] = [Math.min(...probabilities), Math.max(...probabilities)];
  if (high - low < goldenSpreadMin)
    return fault('BUNDLE_FLAT', `its ${golden.length} golden rows all get between ${low} and ${high}.`);
  if (reference === null) return undefined;
  const scores = await scoreRows(model, reference.features, manifest.features.length);
  const sorted = scores.toSorted();
  const tail = Math.floor(sorted.length * tailShare);
  const [first, last] = [sorted[tail]!, sorted.at(-1 - tail)!];
  if (last - first >= referenceSpreadMin) return undefined;
  const message = `eight in ten of the ${sorted.length} rows of ${reference.by} get between ${first} and ${last}.`;
  return fault('BUNDLE_FLAT', message);
};

export const order: Check = async ({ model, manifest }, { reference, orderedShareMin }) => {
  if (reference === null) return undefined;
  const scores = await scoreRows(model, reference.features, manifest.features.length);
  const [genuine, fake] = sidesOf(reference, scores);
  if (genuine.length < sideRowsMin || fake.length < sideRowsMin) return undefined;
  const share = orderedShare(genuine, fake);
  if (share < orderedShareMin) {
    const pairs = `${(share * 100).toFixed(1)} % of pairs of a fake and a genuine row by ${reference.by}`;
    return fault(
      'BUNDLE_ORDER',
      `it ranks only ${pairs} in that order; at least ${Math.round(orderedShareMin * 100)} %.`,
    );
  }
  const { block } = manifest.thresholds;
  const blocked = genuine.filter((score) => score >= block).length / genuine.length;
  if (blocked <= blockedShareMax) return undefined;
  const percent = `${(blocked * 100).toFixed(1)} % of the rows that ${reference.by} holds for genuine`;
  return fault('BUNDLE_BLOCKS', `from its threshold ${block} on it would block ${percent}.`);
};

/** The scores that the candidate gives what is held for genuine, and for fake. */
function sidesOf(
  reference: ReferenceSample,
  scores: Float32Array,
): readonly [genuine: Float32Array, fake: Float32Array] {
  const isFake = (_: number, row: number): boolean => reference.scores[row]! >= 0.5;
  return [scores.filter((score, row) => !isFake(score, row)), scores.filter(isFake)];
}

/** Share of pairs in which the fake one has the higher score, ties half: the area under the ROC curve. */
function orderedShare(genuine: Float32Array, fake: Float32Array): number {
  let ordered = 0;
  for (const high of fake) for (const low of genuine) ordered += high > low ? 1 : high === low ? 0.5 : 0;
  return ordered / (genuine.length * fake.length);
}
