import { fault, type Candidate, type Check, type PlatformAccounts, type ReferenceSample } from './proof.ts';
import { scoreRows } from './rows.ts';

/** What a model has to show of what it says: something, in a sensible order, that does not block most of the honest. */

/** Between the lowest and the highest golden probability; trainers choose these rows to show the whole range. */
const goldenSpreadMin = 0.1;
/** Between the first and the last score of a reference sample, without those at its ends. */
const referenceSpreadMin = 0.02;
/** Of the rows of a reference sample that are held for genuine. */
const blockedShareMax = 0.5;
/** Fewer rows on either side say nothing about order. */
const sideRowsMin = 16;
/** What is at least as likely fake as genuine is held for fake. */
const fakeFrom = 0.5;

export const spread: Check = async ({ model, manifest, golden }, { reference }) => {
  const probabilities = golden.map(({ probability }) => probability);
  const [low, high] = [Math.min(...probabilities), Math.max(...probabilities)];
  if (high - low < goldenSpreadMin)
    return fault('BUNDLE_FLAT', `its ${golden.length} golden rows all get between ${low} and ${high}.`);
  if (reference === null) return undefined;
  const { features, of, tailShare } = reference;
  const sorted = (await scoreRows(model, features, manifest.features.length)).toSorted();
  const tail = Math.floor(sorted.length * tailShare);
  const [first, last] = [sorted[tail]!, sorted.at(-1 - tail)!];
  if (last - first >= referenceSpreadMin) return undefined;
  const most = Math.round((1 - 2 * tailShare) * 100);
  return fault('BUNDLE_FLAT', `${most} % of the ${sorted.length} rows of ${of} get between ${first} and ${last}.`);
};

export const order: Check = async ({ model, manifest }, { reference, orderedShareMin }) => {
  if (reference === null || !hasBothSides(reference.scores)) return undefined;
  const scores = await scoreRows(model, reference.features, manifest.features.length);
  const fake = scores.filter((_, row) => reference.scores[row]! >= fakeFrom);
  const share = orderedShare(genuineOf(scores, reference.scores), fake);
  if (share >= orderedShareMin) return undefined;
  const pairs = `${(share * 100).toFixed(1)} % of pairs of a fake and a genuine row by ${reference.by}`;
  return fault(
    'BUNDLE_ORDER',
    `it ranks only ${pairs} in that order; at least ${Math.round(orderedShareMin * 100)} %.`,
  );
};

/** Whether enough rows are held for fake, and enough for genuine, to say how another model orders them. */
export function hasBothSides(scores: ReferenceSample['scores']): boolean {
  const fakes = scores.filter((score) => score >= fakeFrom).length;
  return fakes >= sideRowsMin && scores.length - fakes >= sideRowsMin;
}

/** Share of pairs in which the fake one has the higher score, ties half: the area under the ROC curve. */
function orderedShare(genuine: Float32Array, fake: Float32Array): number {
  let ordered = 0;
  for (const high of fake) for (const low of genuine) ordered += high > low ? 1 : high === low ? 0.5 : 0;
  return ordered / (genuine.length * fake.length);
}

/** Whom it would block, by the threshold of its bundle: accounts of the platform where some are known, else rows of the reference sample. */
export const blocks: Check = async (candidate, { reference, platform }) => {
  if (platform !== null) return blocksOfAccounts(candidate, platform);
  return reference === null ? undefined : blocksOfRows(candidate, reference);
};

async function blocksOfRows({ model, manifest }: Candidate, { by, features, scores: judged }: ReferenceSample) {
  const { block } = manifest.thresholds;
  const genuine = genuineOf(await scoreRows(model, features, manifest.features.length), judged);
  const blocked = genuine.filter((score) => score >= block).length / genuine.length;
  if (genuine.length < sideRowsMin || blocked <= blockedShareMax) return undefined;
  const percent = `${(blocked * 100).toFixed(1)} % of the rows that ${by} holds for genuine`;
  return fault('BUNDLE_BLOCKS', `from its threshold ${block} on it would block ${percent}.`);
}

/**
 * How many times the budget, of accounts that who judges holds for genuine, a model may block: the fakes that it finds and who judges does not
 * are among them. What goes over the budget is held back while it serves, so this finds a model that is broken.
 */
const budgetsMax = 10;
/** Of these accounts, however many days they were there. */
const accountsShareMax = 0.25;
/** One case in a thousand: so many deviations are the luck of the sample. */
const deviations = 3;

async function blocksOfAccounts({ model, manifest }: Candidate, platform: PlatformAccounts) {
  const { judged, days, rows, features, norms, budget } = platform;
  const scores = highestOf(rows, await scoreRows(model, features, manifest.features.length));
  const known = judged === null ? null : highestOf(rows, judged.scores);
  const genuine = [...scores.keys()].filter((account) => known === null || known[account]! < fakeFrom);
  const { block } = manifest.thresholds;
  const blocked = genuine.filter((account) => scores[account]! >= block).length;
  const daily = lucky(budgetsMax * budget * sum(genuine.map((account) => days[account]!)));
  const most = Math.floor(Math.min(daily, lucky(accountsShareMax * genuine.length)));
  if (blocked <= most) return undefined;
  const accounts = `${genuine.length} accounts of norms ${norms}${judged === null ? '' : ` that ${judged.by} holds for genuine`}`;
  const allowed = `at most ${most} are in keeping with a budget of ${budget} a day`;
  return fault('BUNDLE_BLOCKS', `of ${accounts} it would block ${blocked} from its threshold ${block} on; ${allowed}.`);
}

/** The scores of the rows that are held for genuine. */
function genuineOf(scores: Float32Array, judged: Float32Array): Float32Array {
  return scores.filter((_, row) => judged[row]! < fakeFrom);
}

/** [accounts] the highest score of each. @param rows [accounts] how many it has. */
function highestOf(rows: readonly number[], scores: Float32Array): Float32Array {
  let at = 0;
  return Float32Array.from(rows, (count) => Math.max(...scores.subarray(at, (at += count))));
}

/** What a number that is expected may come to in a sample. */
function lucky(expected: number): number {
  return expected + deviations * Math.sqrt(expected);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
