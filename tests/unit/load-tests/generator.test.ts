import { describe, expect, it } from 'vitest';
import { inFlightMax, sendPhase } from '../../../load-tests/load/generator.ts';
import { latenciesOf, newHistogram } from '../../../load-tests/load/latencies.ts';
import { dueMs, type Phase } from '../../../load-tests/load/ledger.ts';
import type { LoadEvent } from '../../../load-tests/load/stream.ts';
import { nowMs } from '../../../load-tests/load/time.ts';

function eventsOf(count: number): LoadEvent[] {
  return Array.from({ length: count }, (_, index) => {
    return { id: `e${index}`, key: Buffer.from('account'), value: Buffer.from('{}') };
  });
}

const behindMs = 60_000;

/** All of it is due: the load is a minute late. */
function phaseOf(to: number, measuredFrom = 0): Phase {
  return { from: 0, to, measuredFrom, startMs: nowMs() - behindMs, rate: 100_000, latency: newHistogram() };
}

function histograms() {
  return { lateness: newHistogram(), acknowledgement: newHistogram() };
}

const fail = (): Promise<void> => Promise.reject(new Error('no leader'));

describe('sendPhase', () => {
  it('sends every event once, in order', async () => {
    const events = eventsOf(2_500);
    const sent: LoadEvent[] = [];
    const send = (some: LoadEvent[]): Promise<void> => Promise.resolve(void sent.push(...some));
    await sendPhase(phaseOf(2_500), { events, send, ...histograms() });
    expect(sent).toEqual(events);
  });

  it('sends nothing before it is due', async () => {
    const phase: Phase = { ...phaseOf(20), startMs: nowMs() + 10, rate: 1_000 };
    let sent = 0;
    const early: number[] = [];
    const send = (some: LoadEvent[]): Promise<void> => {
      sent += some.length;
      if (nowMs() < dueMs(phase, sent - 1)) early.push(sent - 1);
      return Promise.resolve();
    };
    await sendPhase(phase, { events: eventsOf(20), send, ...histograms() });
    expect(early).toEqual([]);
  });

  it('does not wait for an answer before it sends what is due next', async () => {
    const events = eventsOf(3_000);
    const allSent = Promise.withResolvers<void>();
    let sent = 0;
    let sends = 0;
    const send = (some: LoadEvent[]): Promise<void> => {
      sends += 1;
      sent += some.length;
      if (sent === events.length) allSent.resolve();
      return allSent.promise; // none is answered before the last event has been sent
    };
    await sendPhase(phaseOf(3_000), { events, send, ...histograms() });
    expect(sends).toBeGreaterThan(1);
  });

  it('keeps events back when too many sends have no answer', async () => {
    const boundReached = Promise.withResolvers<void>();
    let unanswered = 0;
    let unansweredMax = 0;
    const send = async (): Promise<void> => {
      unanswered += 1;
      unansweredMax = Math.max(unansweredMax, unanswered);
      if (unanswered === inFlightMax) boundReached.resolve();
      await boundReached.promise;
      unanswered -= 1;
    };
    const events = eventsOf(2 * inFlightMax * 1_000);
    await sendPhase(phaseOf(events.length), { events, send, ...histograms() });
    expect(unansweredMax).toBe(inFlightMax);
  });

  it('counts lateness from the instant at which an event was due', async () => {
    const { lateness, acknowledgement } = histograms();
    await sendPhase(phaseOf(100), { events: eventsOf(100), send: () => Promise.resolve(), lateness, acknowledgement });
    expect(latenciesOf(lateness)!.p50).toBeGreaterThan(behindMs * 0.99);
  });

  it('measures only the measured part', async () => {
    const { lateness, acknowledgement } = histograms();
    const phase = phaseOf(100, 70);
    await sendPhase(phase, { events: eventsOf(100), send: () => Promise.resolve(), lateness, acknowledgement });
    expect([lateness.totalCount, acknowledgement.totalCount]).toEqual([30, 30]);
  });

  it('fails when a send fails', async () => {
    const sending = sendPhase(phaseOf(10), { events: eventsOf(10), send: fail, ...histograms() });
    await expect(sending).rejects.toMatchObject({ cause: { message: 'no leader' } });
  });
});
