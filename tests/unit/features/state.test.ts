import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/features/catalogue.ts';
import { readFacts, type EventFacts } from '../../../src/features/facts.ts';
import type { Feature } from '../../../src/features/feature.ts';
import { kindLayouts, measureCount, elementCount, snapshotColumnNames, spanBit } from '../../../src/features/state.ts';
import { eventOf, observationsOf } from '../steps/events.ts';
import { simulatedObservations } from './simulated.ts';

/** The columns that a feature reads of events, when all numbers of a snapshot are small, and when they are large. */
function columnsRead({ extract }: Feature, facts: readonly EventFacts[]): ReadonlySet<number> {
  const read = new Set<number>();
  for (const number of [1, 1_000]) {
    const snapshot = new Proxy(new Float64Array(0), {
      get(_, column) {
        read.add(Number(column));
        return number;
      },
    });
    for (const each of facts) extract(each, snapshot, 0);
  }
  return read;
}

/** [place] whether some row has there what is not nothing. */
function placesUsed(all: ArrayLike<number>, perRow: number, nothing: number): readonly boolean[] {
  const rows = Array.from({ length: all.length / perRow }, (_, row) => row * perRow);
  return Array.from({ length: perRow }, (_, place) => rows.some((row) => !Object.is(all[row + place], nothing)));
}

// Of 196 numbers that were kept of an event's entities and copied for each event, 88 were never looked at.
describe('what is remembered', async () => {
  const { facts, observations } = await simulatedObservations(21, 150, 3);

  it('has a reader: each column of a snapshot is one of a feature', () => {
    const read = new Set(catalogue.flatMap((feature) => [...columnsRead(feature, facts)]));
    expect(snapshotColumnNames.filter((_, column) => !read.has(column))).toEqual([]);
  });

  it('has a writer: each count, element and measure is one that some event adds to', () => {
    // Whence people report others, the simulator does not say.
    const report = eventOf('account.reported', { reason: 'fake', context: { ip: '203.0.113.7' } });
    const reported = placesUsed(observationsOf([readFacts(report)]).elements, elementCount, 0);
    const simulated = placesUsed(observations.elements, elementCount, 0);
    const elements = simulated.map((isUsed, place) => isUsed || reported[place]!);
    const measures = placesUsed(observations.measures, measureCount, NaN);
    const silent = kindLayouts.flatMap(({ kind, kindIndex, counts, distincts, measures: declared }) =>
      [
        ...counts.filter((_, bit) => {
          const adds = facts.map((__, row) => observations.adds[row * kindLayouts.length + kindIndex]!);
          return !adds.some((bits) => ((bits >>> bit) & 1) === 1);
        }),
        ...distincts.filter(({ elementIndex }) => !elements[elementIndex]),
        ...declared.filter(({ measureIndex }) => !measures[measureIndex]),
      ].map(({ name }) => `${kind}.${name}`),
    );
    expect(silent).toEqual([]);
  });

  it('has a place for every bit that an event sets', () => {
    const strange = kindLayouts.filter(({ kindIndex, counts }) => {
      const known = ((1 << counts.length) - 1) | spanBit;
      return facts.some((_, row) => (observations.adds[row * kindLayouts.length + kindIndex]! & ~known) !== 0);
    });
    expect(strange.map(({ kind }) => kind)).toEqual([]);
  });
});
