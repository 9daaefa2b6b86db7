import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntityState, headerWords } from '../../../../src/adapters/valkey/entity-state.ts';
import { accountPlan, kindPlans, type KindPlan } from '../../../../src/adapters/valkey/kind-plan.ts';
import { rejudgeCode, writeRejudge, writeStandingRecord } from '../../../../src/adapters/valkey/record.ts';
import { writeTouch } from '../../../../src/adapters/valkey/touch-record.ts';
import { labelCodes } from '../../../../src/features/observation.ts';
import {
  entityKinds,
  labelColumn,
  snapshotColumn,
  snapshotColumnCount,
  spanColumn,
  youngAgeMsMax,
} from '../../../../src/features/state.ts';
import { judgementOf } from '../../../../src/history/judgement.ts';
import { observationsOf, startMs, type PlainEvent } from '../../../contract/feature-store-contract.ts';

const devicePlan = kindPlans[entityKinds.indexOf('device')]!;

/** A value as the store holds it: grows by records, and can be written anew. */
class Held {
  words = new Uint32Array(20_000);
  length = 0;
  readonly state: EntityState;

  constructor(plan: KindPlan) {
    this.state = new EntityState(plan);
  }

  append(write: (words: Uint32Array, at: number) => number): this {
    if (this.length === 0) {
      this.words.set([1, headerWords]);
      this.length = headerWords;
    }
    this.length = write(this.words, this.length);
    return this;
  }

  touch(event: PlainEvent, note = 0): this {
    return this.append((words, at) => writeTouch(words, at, this.state.plan, observationsOf([event]), 0, note));
  }

  /** The state, with all of its log. */
  read(): EntityState {
    this.state.load(this.words, 0, this.length);
    this.state.readLog();
    return this.state;
  }

  rewrite(): void {
    const words = new Uint32Array(this.words.length);
    this.length = this.read().save(words, 0, 7);
    this.words = words;
  }

  /** All columns at a time, and what only accounts have. */
  reading(timeMs: number): unknown {
    const state = this.read();
    const row = new Float64Array(snapshotColumnCount).fill(NaN);
    state.read(timeMs, state.idleMs(timeMs), row, 0);
    state.readLabels(timeMs, 0, row, 0);
    const links: unknown[] = [];
    if (state.plan.isAccount) state.eachLink((...link) => links.push(link));
    const labels = Array.from({ length: 13 }, (_, id) => state.judgementChangeBy(id));
    return [Array.from(row, String), labels, state.standing(), links];
  }
}

const event = fc.record({
  offset: fc.nat({ max: 1_000 }),
  timeMs: fc.integer({ min: 0, max: 5 * 86_400_000 }).map((ms) => startMs + ms),
  id: fc.integer({ min: 1, max: 12 }),
  account: fc.constant(1),
  device: fc.constant(1),
  adds: fc.nat({ max: 7 }),
  element: fc.nat({ max: 50 }),
  label: fc.nat({ max: 2 }),
  joins: fc.boolean(),
});
const standing = {
  action: 'block',
  decisionId: `dec_${'0123456789abcdef'.repeat(2)}`,
  sinceMs: startMs + 0.5,
} as const;

const appealed = rejudgeCode(judgementOf(labelCodes.fake, startMs), judgementOf(labelCodes.genuine, startMs));
const relabel = (words: Uint32Array, at: number): number =>
  writeRejudge(words, at, rejudgeCode(0, judgementOf(labelCodes.fake, startMs)));

describe('an entity', () => {
  it.each([
    ['account', accountPlan],
    ['device', devicePlan],
  ] as const)('of the kind %s is the same, however much of it is state and how much log', (_, plan) => {
    const step = fc.oneof({ weight: 6, arbitrary: event }, fc.constantFrom('rewrite', 'settle', 'relabel'));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const [held, plain] = [new Held(plan), new Held(plan)];
        for (const each of steps) {
          if (each === 'rewrite') {
            if (held.length > 0) held.rewrite();
            continue;
          }
          for (const one of [held, plain]) {
            if (typeof each !== 'string') one.touch(each);
            else if (each === 'settle') one.append((words, at) => writeStandingRecord(words, at, standing));
            else one.append((words, at) => writeRejudge(words, at, appealed));
          }
        }
        expect(held.reading(startMs + 5 * 86_400_000)).toEqual(plain.reading(startMs + 5 * 86_400_000));
      }),
      { numRuns: 60 },
    );
  });

  it('that is not there is new and knows nothing', () => {
    const state = new Held(accountPlan).read();
    const row = new Float64Array(snapshotColumnCount);
    state.read(startMs, state.idleMs(startMs), row, 0);
    expect(row[snapshotColumn('account', 'events', '7d')]).toBe(0);
    expect(row[spanColumn('account', 'age_s')]).toBeNaN();
    expect(state.isYoung(startMs)).toBe(true);
    expect(state.standing()).toBeUndefined();
  });

  it('takes a label only when it was there before', () => {
    const touch = { offset: 0, timeMs: startMs, id: 1, account: 1, device: 1 };
    const labelsOf = (held: Held): number => {
      const row = new Float64Array(snapshotColumnCount);
      held.read().readLabels(startMs, 0, row, 0);
      return row[labelColumn('device', 'fake')]!;
    };
    expect(labelsOf(new Held(devicePlan).append(relabel).touch(touch))).toBe(0);
    expect(labelsOf(new Held(devicePlan).touch(touch).append(relabel))).toBe(1);
  });
});

describe('an account', () => {
  const first = { offset: 0, timeMs: startMs, id: 1, account: 1 };

  it('is young until its time is over', () => {
    const state = new Held(accountPlan).touch(first).read();
    expect([youngAgeMsMax - 1, youngAgeMsMax].map((ageMs) => state.isYoung(startMs + ageMs))).toEqual([true, false]);
  });

  it('is brought to where it was before an event that is in its log, and on by it', () => {
    const held = new Held(accountPlan);
    for (const offset of [0, 1, 2, 3])
      held.touch({ ...first, timeMs: startMs + offset, offset, id: 1 + offset, label: 1 + (offset % 2) });
    const { state } = held;
    const [fake, genuine] = [labelCodes.fake, labelCodes.genuine].map((label) => judgementOf(label, startMs));
    state.load(held.words, 0, held.length);
    expect(state.readLogBefore(3, 2)).toBe(true);
    expect(state.judgementChangeBy(2)).toEqual({ former: fake, judgement: genuine });
    state.readNext();
    expect(state.wasDuplicate).toBe(false);
    expect([state.judgementChangeBy(2), state.judgementChangeBy(3)]).toEqual([
      null,
      { former: genuine, judgement: fake },
    ]);
    expect(state.readLogBefore(1, 0)).toBe(false);
    state.readLog();
    expect(state.judgementChangeBy(4)).toEqual({ former: fake, judgement: genuine });
  });

  it('is not brought anywhere by an event that is no longer in its log', () => {
    const held = new Held(accountPlan).touch(first);
    held.rewrite();
    held.state.load(held.words, 0, held.length);
    expect(held.state.readLogBefore(1, 0)).toBe(false);
  });

  it('knows an event that comes again at another offset', () => {
    const { state } = new Held(accountPlan);
    const held = new Held(accountPlan).touch(first).touch({ ...first, offset: 5 });
    state.load(held.words, 0, held.length);
    state.readLog();
    expect(state.wasDuplicate).toBe(true);
  });
});

describe('a value that is damaged', () => {
  const good = new Held(accountPlan).touch({ offset: 0, timeMs: startMs, id: 1, account: 1 });
  it.each<[string, (words: Uint32Array) => void, number]>([
    ['ends before its state', (words) => (words[1] = 500), good.length],
    ['has a state that is too short to be one', (words) => (words[1] = 1), good.length],
    ['has a record without length', (words) => (words[2] = 1), good.length],
  ])('is that of a new entity: it %s', (_, damage, length) => {
    const words = good.words.slice();
    damage(words);
    const state = new EntityState(accountPlan);
    expect(state.load(words, 0, length)).toBe(false);
    state.readLog();
    expect(state.idleMs(startMs)).toBeNaN();
    expect(state.standing()).toBeUndefined();
  });
});
