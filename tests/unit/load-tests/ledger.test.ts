import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latenciesOf, newHistogram } from '../../../load-tests/load/latencies.ts';
import { dueMs, dueUntil, Ledger, type Phase } from '../../../load-tests/load/ledger.ts';

function phaseOf(from: number, to: number, changes: Partial<Phase> = {}): Phase {
  return { from, to, measuredFrom: from, startMs: 1_000, rate: 100, latency: newHistogram(), ...changes };
}

function ledgerOf(count: number): Ledger {
  return new Ledger(new Map(Array.from({ length: count }, (_, index) => [`e${index}`, index])));
}

describe('the schedule', () => {
  it('is at a constant rate from the start of the phase', () => {
    const phase = phaseOf(50, 60);
    expect([50, 51, 59].map((index) => dueMs(phase, index))).toEqual([1_000, 1_010, 1_090]);
  });

  it.each([
    [999.9, 50],
    [1_000, 51],
    [1_009.9, 51],
    [1_010, 52],
    [9_999, 60],
  ])('at %d ms has everything due before %d', (nowMs, until) => {
    expect(dueUntil(phaseOf(50, 60), nowMs)).toBe(until);
  });

  it('never has an event due before its instant, nor one left behind', () => {
    const rate = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(rate, fc.double({ min: -10, max: 5_000, noNaN: true }), (perSecond, afterMs) => {
        const phase = phaseOf(0, 1_000_000, { startMs: 1_800_000_000_000, rate: perSecond });
        const nowMs = phase.startMs + afterMs;
        const until = dueUntil(phase, nowMs);
        const roundingMs = 0.001;
        if (until > 0) expect(dueMs(phase, until - 1)).toBeLessThanOrEqual(nowMs + roundingMs);
        expect(dueMs(phase, until)).toBeGreaterThan(nowMs - roundingMs);
      }),
    );
  });
});

describe('Ledger', () => {
  it('counts latency from the instant at which an event was due', () => {
    const ledger = ledgerOf(2);
    const phase = phaseOf(0, 2);
    ledger.open(phase);
    ledger.receive('e1', 1_060);
    expect(latenciesOf(phase.latency)).toMatchObject({ p50: expect.closeTo(50, 0), max: expect.closeTo(50, 0) });
  });

  it('does not measure what comes before the measured part, but awaits it', () => {
    const ledger = ledgerOf(3);
    const phase = phaseOf(0, 3, { measuredFrom: 2 });
    ledger.open(phase);
    ledger.receive('e0', 1_500);
    ledger.receive('e2', 1_500);
    expect(phase.latency.totalCount).toBe(1);
    expect(ledger).toMatchObject({ sent: 3, received: 2, missing: 1 });
  });

  it('counts a second output of an event, and does not measure it', () => {
    const ledger = ledgerOf(1);
    const phase = phaseOf(0, 1);
    ledger.open(phase);
    ledger.receive('e0', 1_010);
    ledger.receive('e0', 2_000);
    expect(ledger).toMatchObject({ received: 1, duplicates: 1, missing: 0 });
    expect(phase.latency.totalCount).toBe(1);
  });

  it.each([
    ['an event that is not of the stream', 'unknown'],
    ['an event that was not sent yet', 'e1'],
  ])('tells an output of %s apart', (_, id) => {
    const ledger = ledgerOf(2);
    ledger.open(phaseOf(0, 1));
    ledger.receive(id, 1_010);
    expect(ledger).toMatchObject({ received: 0, unknown: 1, missing: 1 });
  });

  it('measures an output that comes during a later phase in its own', () => {
    const ledger = ledgerOf(4);
    const [first, second] = [phaseOf(0, 2), phaseOf(2, 4, { startMs: 5_000 })];
    ledger.open(first);
    ledger.open(second);
    ledger.receive('e0', 5_001);
    expect(first.latency.totalCount).toBe(1);
    expect(second.latency.totalCount).toBe(0);
  });

  it('refuses a phase that leaves events out', () => {
    const ledger = ledgerOf(4);
    expect(() => ledger.open(phaseOf(1, 2))).toThrow('follow each other');
    expect(() => ledger.open(phaseOf(0, 5))).toThrow('follow each other');
  });
});
