import { describe, expect, it } from 'vitest';
import type { Action, Decision } from '../../../src/domain/decision.ts';
import { observationFates } from '../../../src/ports.ts';
import type { Outcome } from '../../../src/steps/outcome.ts';
import { reportBatch, type ReportInput } from '../../../src/steps/report-batch.ts';
import { batchOf, enrichedOf, eventOf, labelOf, loginOf, signupOf, startMs } from './events.ts';

const enriched = enrichedOf([loginOf('acc_1'), signupOf('acc_1'), loginOf('acc_2'), labelOf('acc_2')]);

/** Of a batch of six records: four events, some of which were decided, and two dead letters. */
function reported(input: Partial<ReportInput> = {}, decided: readonly Action[] = []) {
  return reportBatch({
    batch: batchOf([null, null, null, null, null, null], { partition: 4 }),
    enriched,
    due: [0, 1, 2, 3, 4, 5].map((index) => outcomeOf(index, decided[index])),
    fates: null,
    rules: [],
    expired: {},
    overturned: {},
    scores: null,
    degraded: [],
    scoreHeldBy: null,
    stepMs: [1, 2, 3],
    nowMs: startMs + 250,
    ...input,
  });
}

function outcomeOf(index: number, action: Action | undefined): Outcome {
  const record = { key: null, value: null, headers: [] };
  return {
    offset: index,
    timestampMs: startMs,
    decision: action === undefined ? null : ({ action } as Decision),
    deadLetter: index < 4 ? null : { record, code: 'EVENT_EMPTY' },
    change: null,
    verdicts: [],
  };
}

describe('reportBatch', () => {
  it('says what came', () => {
    expect(reported()).toMatchObject({
      topic: 'account-events',
      partition: 4,
      records: 6,
      eventsByType: { 'account.login': 2, 'account.signup': 1, 'account.labelled': 1 },
      deadLetters: { EVENT_EMPTY: 2 },
    });
  });

  it('counts labels by who gave them and what they say', () => {
    const said = (['fake', 'fake', 'genuine'] as const).map((label) =>
      eventOf('account.labelled', { label, by: label === 'fake' ? 'review' : 'appeal' }),
    );
    expect(reported({ enriched: enrichedOf([...said, loginOf('acc_1')]) }).labels).toEqual([
      { by: 'review', label: 'fake', count: 2 },
      { by: 'appeal', label: 'genuine', count: 1 },
    ]);
  });

  it('counts events and blocks by the segments that they are in, and what is not known in none', () => {
    const placed = enrichedOf([loginOf('acc_1'), loginOf('acc_2'), loginOf('acc_3')]);
    const facts = placed.facts.map((one, row) =>
      row === 2 ? one : { ...one, addressReference: { asn: 1, country: 'KZ', isHosting: row === 1 } },
    );
    const { segments } = reported({ enriched: { ...placed, facts, offsets: [0, 1, 2] } }, ['allow', 'block', 'block']);
    expect(segments).toEqual([
      { segment: 'KZ', events: 2, blocks: 1 },
      { segment: 'operator-access', events: 1, blocks: 0 },
      { segment: 'operator-hosting', events: 1, blocks: 1 },
    ]);
  });

  it('counts members that were cut, taken as missing, or could not be read', () => {
    const malformed = enrichedOf([
      eventOf('account.login', { status: 'failed', method: 'otp' }, { malformed: ['context.ip', 'context.locale'] }),
      eventOf('account.login', { status: 'failed', method: 'otp' }, { malformed: ['context.ip'] }),
    ]);
    const facts = malformed.facts.map((one) => ({ ...one, unreadable: ['context.ip'] as const }));
    expect(reported({ enriched: { ...malformed, facts } })).toMatchObject({
      malformedMembers: { 'context.ip': 2, 'context.locale': 1 },
      unreadableMembers: { 'context.ip': 2 },
    });
    expect(reported()).toMatchObject({ malformedMembers: {}, unreadableMembers: {} });
  });

  it('counts events whose record is not keyed by their account', () => {
    const misplaced = ['no_key', 'other_key', 'no_key'] as const;
    expect(reported({ enriched: { ...enriched, misplaced } }).misplaced).toEqual({ no_key: 2, other_key: 1 });
  });

  it.each([0, -1, startMs - 366 * 86_400_000, NaN])(
    'has no latency for a record whose timestamp is %d',
    (timestampMs) => {
      const batch = batchOf([null]);
      const records = batch.records.map((record) => ({ ...record, timestampMs }));
      expect([...reported({ batch: { ...batch, records } }).endToEndMs]).toEqual([NaN]);
    },
  );

  it('counts decisions by action', () => {
    expect(reported({}, ['block', 'review', 'block']).decisions).toEqual([
      { mode: 'enforce', action: 'block', count: 2 },
      { mode: 'enforce', action: 'review', count: 1 },
    ]);
  });

  it.each([0, 1, 4])('puts each record into one of decisions (%i), silent and dead letters', (count) => {
    const actions = Array.from({ length: count }, (): Action => 'review');
    const { decisions, silent, deadLetters, records } = reported({}, actions);
    const sent = decisions.reduce((sum, one) => sum + one.count, 0);
    expect(sent + silent + deadLetters.EVENT_EMPTY!).toBe(records);
  });

  it('counts what had been delivered before', () => {
    expect(reported({ due: [outcomeOf(5, undefined)] })).toMatchObject({
      alreadyDelivered: 5,
      silent: 0,
      deadLetters: { EVENT_EMPTY: 1 },
    });
  });

  it('counts what had been applied before', () => {
    const fates = Uint8Array.from(['applied', 'replayed', 'duplicate', 'replayed'] as const, (fate) =>
      observationFates.indexOf(fate),
    );
    expect(reported({ fates })).toMatchObject({ replayed: 2, duplicates: 1 });
    expect(reported({ fates: null })).toMatchObject({ replayed: 0, duplicates: 0 });
  });

  it('has no scores where no model spoke, and none of what is not decided', () => {
    const scores = Float32Array.of(0.5, 0.25, 1, NaN);
    expect([...reported({ scores: null }).scores]).toEqual([]);
    expect([...reported({ scores }).scores]).toEqual([0.5, 0.25, 1]);
  });

  it('measures each record from its timestamp, of which it may have none', () => {
    const { records } = batchOf([null, null]);
    const batch = { ...batchOf([]), records: [records[0]!, { ...records[1]!, timestampMs: NaN }] };
    expect([...reported({ batch }).endToEndMs]).toEqual([250, NaN]);
  });

  it('hands on steps, rules and what was missing', () => {
    const rules = [{ id: 'a', mode: 'shadow', count: 2 }] as const;
    const report = reported({ rules, degraded: ['model'], stepMs: [9] });
    expect(report).toMatchObject({ rules, degraded: ['model'], stepMs: [9] });
  });
});
