import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindPlans } from '../../../../src/adapters/valkey/kind-plan.ts';
import { typeOf, wordsOf, recordTypes } from '../../../../src/adapters/valkey/record.ts';
import {
  isRecordOf,
  linkWords,
  recordWordsMax,
  TouchReader,
  writeTouch,
} from '../../../../src/adapters/valkey/touch-record.ts';
import { emptyObservations } from '../../../../src/features/observation.ts';
import { elementCount, entityKinds, labelledKinds, measureCount, spanBit } from '../../../../src/features/state.ts';

const word = fc.nat({ max: 0xffff_ffff });

/** A row with any numbers in it, also such as the observer never makes. */
const batchOfOne = fc
  .record({
    offset: fc.maxSafeNat(),
    timeMs: fc.double({ noNaN: true }),
    eventKey: word,
    keys: fc.array(word, { minLength: entityKinds.length * 2, maxLength: entityKinds.length * 2 }),
    adds: fc.array(fc.nat({ max: 0xffff }), { minLength: entityKinds.length, maxLength: entityKinds.length }),
    elements: fc.array(fc.oneof(fc.constant(0), word), { minLength: elementCount, maxLength: elementCount }),
    measures: fc.array(fc.double(), { minLength: measureCount, maxLength: measureCount }),
    label: fc.nat({ max: 2 }),
    joins: fc.nat({ max: 1 }),
  })
  .map(({ offset, timeMs, eventKey, keys, adds, elements, measures, label, joins }) => {
    const batch = emptyObservations('topic', 0, 1);
    batch.offsets[0] = offset;
    batch.timesMs[0] = timeMs;
    batch.eventKeys[0] = eventKey;
    batch.keys.set(keys);
    batch.adds.set(adds);
    batch.elements.set(elements);
    batch.measures.set(measures);
    batch.labels[0] = label;
    batch.joins[0] = joins;
    return batch;
  });

describe('the record of a touch', () => {
  it.each(kindPlans.map((plan) => [plan.kind, plan] as const))('of %s says what the row says', (_, plan) => {
    fc.assert(
      fc.property(batchOfOne, fc.nat({ max: 1 }), (batch, note) => {
        const words = new Uint32Array(recordWordsMax + 1);
        const end = writeTouch(words, 1, plan, batch, 0, note);
        expect(end).toBeLessThanOrEqual(words.length);
        expect([typeOf(words[1]!), wordsOf(words[1]!)]).toEqual([recordTypes.touch, end - 1]);
        const reader = new TouchReader(plan);
        // What was read before leaves nothing behind.
        reader.touch.elements.fill(1);
        reader.touch.measures.fill(1);
        reader.set(words, 1);

        const { touch } = reader;
        const { counts, distincts, measures } = plan.layout;
        const adds = batch.adds[plan.kindIndex]! & (((1 << counts.length) - 1) | spanBit);
        expect([touch.timeMs, touch.bits, touch.isYoung]).toEqual([batch.timesMs[0], adds, note === 1]);
        for (const { elementIndex } of distincts)
          expect(touch.elements[elementIndex]).toBe(batch.elements[elementIndex]);
        for (const { measureIndex } of measures)
          expect(touch.measures[measureIndex]).toBe(batch.measures[measureIndex]);
        expect(reader.end).toBe(end);
        if (!plan.isAccount) {
          expect(reader.eventAt).toBe(end);
          return;
        }
        expect(reader.label).toBe(batch.labels[0]);
        expect(isRecordOf(words, 1, batch.eventKeys[0]!, batch.offsets[0]!)).toBe(true);
        expect(isRecordOf(words, 1, batch.eventKeys[0]!, batch.offsets[0]! + 1)).toBe(false);
        expect(isRecordOf(words, 1, batch.eventKeys[0]! ^ 1, batch.offsets[0]!)).toBe(false);
        const links = labelledKinds.flatMap(({ kindIndex }) => {
          const [high, low] = [batch.keys[kindIndex * 2]!, batch.keys[kindIndex * 2 + 1]!];
          return batch.joins[0] === 0 || (high === 0 && low === 0) ? [] : [kindIndex, high, low];
        });
        expect(Array.from(words).slice(reader.eventAt + 2, end)).toEqual(links);
        expect(links.length % linkWords).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});
