import { nameModelScale, nameSymbolCount, nameSymbolsMax, readNameSymbols } from '../features/name-model.ts';
import { anyCountry } from '../simulation/population/countries.ts';
import { inventIdentity } from '../simulation/population/identity.ts';
import { Random } from '../simulation/random.ts';

const trainingSeed = 1;
const nameCount = 40_000;
/**
 * How many symbols' worth of doubt each row starts with, shared out as symbols occur at all: the simulation knows some
 * hundreds of names, and what none of them holds ("hn") is unlikely, not absurd. Larger tells nonsense apart less well.
 */
const priorWeight = 1_000;
const lineLength = 104;

/** User names of honest people, of all countries as the simulation mixes them; some of them are digits or leftovers. */
export function* honestNames(count: number, seed: number): Generator<string, void, undefined> {
  const random = new Random(seed);
  for (let index = 0; index < count; index++) yield inventIdentity(random, anyCountry(random)).username;
}

/** Bits of each symbol after each other one, row by row, `nameModelScale` to the bit, at most 255. */
export function trainNameModel(names: Iterable<string>): Uint8Array {
  const counts = new Float64Array(nameSymbolCount ** 2);
  const symbols = new Uint8Array(nameSymbolsMax);
  for (const name of names) {
    const length = readNameSymbols(name, symbols);
    for (let index = 1; index < length; index++) counts[symbols[index - 1]! * nameSymbolCount + symbols[index]!]!++;
  }
  // One of each, so that no symbol is impossible.
  const occurrences = new Float64Array(nameSymbolCount).fill(1);
  counts.forEach((count, cell) => (occurrences[cell % nameSymbolCount]! += count));
  return Uint8Array.from(counts, (count, cell) => {
    const row = cell - (cell % nameSymbolCount);
    const total = sumOf(counts.subarray(row, row + nameSymbolCount));
    const prior = (priorWeight * occurrences[cell % nameSymbolCount]!) / sumOf(occurrences);
    return Math.min(255, Math.round(Math.log2((total + priorWeight) / (count + prior)) * nameModelScale));
  });
}

function sumOf(numbers: Float64Array): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** What `features/name-model-table.ts` holds. The same at each call: the names follow from a seed. */
export function nameModelSource(): string {
  const text = Buffer.from(trainNameModel(honestNames(nameCount, trainingSeed))).toString('base64');
  const lines = text.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return [
    `/** Learned by \`development/train-name-model.ts\` from ${nameCount} simulated names; models rest on it: a new table is a new feature. */`,
    'export const nameModelTable = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n');
}
