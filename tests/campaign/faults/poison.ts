import { malformed } from '../../integration/processor/support/malformed.ts';
import type { Stage } from '../stage.ts';
import { anywhere, once, type Fault } from './fault.ts';

const recordsMin = 200;
const recordsMax = 600;

/** Writes records that are no events, of every kind in turn. */
export async function writePoison(stage: Stage, count: number): Promise<void> {
  const kinds = malformed(Date.now()).filter(({ name }) => name !== 'a time ahead');
  const records = Array.from({ length: count }, (_, index) => {
    const key = `poison-${stage.poisoned.size + index}`;
    return { ...kinds[index % kinds.length]!.message, key };
  });
  for (const { key } of records) stage.poisoned.add(key);
  for (let from = 0; from < count; from += 50) await stage.write(records.slice(from, from + 50));
}

/** Each becomes one dead letter, and holds nothing up. */
export const poison: Fault = {
  name: 'poison',
  what: '200 to 600 records that are no events, of every kind, at once',
  parts: ['records'],
  lastsMs: [0, 2_000],
  isPossible: anywhere,
  tells: [[{ metric: 'winnow_dead_letters_total' }], [{ log: 'became dead letters' }]],
  begin: async (stage, random) => {
    await writePoison(stage, random.integer(recordsMin, recordsMax));
    return once;
  },
};
