import { describe, expect, it } from 'vitest';
import {
  busyShare,
  coreHoursPerMillion,
  fleetFor,
  thirdWorker,
  type CapacityCase,
  type CapacityResult,
} from '../../../../load-tests/capacity/derive.ts';
import { capacityDocument } from '../../../../load-tests/capacity/document.ts';

const environment = {
  date: '2026-11-28T12:00:00.000Z',
  commit: 'abcdef0123',
  dirty: false,
  model: 'm 1',
  system: 's',
  cpu: 'c',
  cpus: 2,
  memoryGiB: 8,
  loadAverageBefore: 1,
  node: 'v24',
  kafkajs: '2',
  broker: { version: '4', origin: 'maven' as const },
};
const caseOf = (
  store: CapacityCase['store'],
  workers: number,
  eventsPerSecond: number,
  cpu: readonly [number | null, number, number],
): CapacityCase => ({
  store,
  workers,
  eventsPerSecond,
  cpuMicroseconds: { workers: cpu[0], store: cpu[1], broker: cpu[2] },
});
const cases = [
  caseOf('embedded', 1, 20_000, [40, 0, 5]),
  caseOf('embedded', 2, 32_000, [42, 0, 6]),
  caseOf('valkey', 1, 10_000, [60, 12, 6]),
  caseOf('valkey', 2, 10_000, [60, 12, 6]),
];
const result: CapacityResult = { environment, events: 1_000, partitions: 8, rounds: 1, bytesPerEvent: 800, cases };

describe('a third worker', () => {
  it('lies between what contention alone and what coherence alone leave, both fitted to two', () => {
    const law = thirdWorker(cases, 'embedded')!;
    expect(law.speedupOfTwo).toBe(1.6);
    expect(law.contention).toBeCloseTo(0.25, 9);
    expect(law.coherence).toBeCloseTo(0.125, 9);
    // Both laws give back the two workers that they were fitted to.
    expect((20_000 * 2) / (1 + law.contention)).toBeCloseTo(32_000, 6);
    expect((20_000 * 2) / (1 + 2 * law.coherence)).toBeCloseTo(32_000, 6);
    expect(law.eventsPerSecondMost).toBeCloseTo(40_000, 6);
    expect(law.eventsPerSecondLeast).toBeCloseTo(60_000 / 1.75, 6);
  });

  it('brings nothing where a second one brought nothing, and harms where each harms each', () => {
    const law = thirdWorker(cases, 'valkey')!;
    expect(law.eventsPerSecondMost).toBe(10_000);
    expect(law.eventsPerSecondLeast).toBeLessThan(10_000);
  });

  it('brings a whole one where a second one did, or more', () => {
    const law = thirdWorker([caseOf('valkey', 1, 10, [1, 1, 1]), caseOf('valkey', 2, 21, [1, 1, 1])], 'valkey')!;
    expect(law).toMatchObject({ contention: 0, coherence: 0, eventsPerSecondMost: 30, eventsPerSecondLeast: 30 });
  });

  it('is unknown from one worker alone', () => {
    expect(thirdWorker(cases.slice(0, 1), 'embedded')).toBeNull();
  });
});

describe('costs', () => {
  it('are core-hours of all parties', () => {
    // 45 us an event: 45 CPU-seconds for a million.
    expect(coreHoursPerMillion(cases[0]!)).toBeCloseTo(45 / 3_600, 9);
    expect(busyShare(cases[0]!, 2)).toBeCloseTo(0.45, 9);
    expect(coreHoursPerMillion(caseOf('valkey', 1, 1, [null, 1, 1]))).toBeNull();
  });

  it('are money only at a price that somebody gave', () => {
    expect(capacityDocument(result, null)).not.toContain('cost');
    expect(capacityDocument(result, 0.04)).toContain('cost a million at 0.04 an hour of a core');
  });
});

describe('a fleet', () => {
  it('has cores by CPU time, workers by what one did, and room for more', () => {
    expect(fleetFor(result, 'embedded', 600_000)).toEqual({
      store: 'embedded',
      workers: 50, // 600,000 / 20,000 / 0.6
      workerCores: 42, // 600,000 * 42 us / 0.6
      storeCores: 0,
      brokerCores: 6,
      coresTotal: 48,
      megabytesPerSecond: 480,
    });
  });

  it('is unknown where CPU time is', () => {
    expect(fleetFor({ ...result, cases: [caseOf('valkey', 1, 1, [null, 1, 1])] }, 'valkey')).toBeNull();
    expect(fleetFor({ ...result, cases: [] }, 'valkey')).toBeNull();
  });
});
