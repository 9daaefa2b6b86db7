import { check } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { BacklogCase } from '../../../load-tests/load/backlog.ts';
import type { LoadEnvironment } from '../../../load-tests/load/environment.ts';
import type { ProcessorLatency } from '../../../load-tests/load/latency.ts';
import { parseOptions, type BacklogOptions, type LatencyOptions } from '../../../load-tests/load/options.ts';
import { formatReport, missingOf, type LoadReport } from '../../../load-tests/load/report.ts';

const environment: LoadEnvironment = {
  date: '2026-11-24T08:00:00.000Z',
  commit: '0123456789abcdef0123456789abcdef01234567',
  dirty: true,
  model: 'starter 1',
  system: 'linux 6.1',
  cpu: 'A CPU',
  cpus: 2,
  memoryGiB: 16,
  loadAverageBefore: 0.3,
  node: 'v24.0.0',
  kafkajs: '2.2.4',
  broker: { version: null, origin: 'environment' },
};

function latencyReport(changes: Partial<ProcessorLatency> = {}): LoadReport {
  const latencyMs = { p50: 4.1, p90: 6, p99: 8, p999: 12, max: 15.5 };
  const processor: ProcessorLatency = {
    sent: 12_000,
    received: 12_000,
    missing: 0,
    duplicates: 0,
    unknown: 0,
    latencyMs,
    latencyMsByRound: [latencyMs, latencyMs, latencyMs],
    cpuMicrosecondsPerEvent: 60.5,
  };
  return {
    environment,
    kind: 'latency',
    options: parseOptions([]) as LatencyOptions,
    result: {
      rateAchieved: 1_999,
      generatorLatenessMs: latencyMs,
      brokerAcknowledgementMs: latencyMs,
      echo: processor,
      winnow: { ...processor, ...changes },
      winnowLessEchoMs: { p50: 0, p90: 0, p99: 0, p999: 0, max: 0 },
      harnessCpuMicrosecondsPerEvent: null,
    },
  };
}

function backlogReport(missing: number): LoadReport {
  const run = {
    seconds: 2.5,
    eventsPerSecond: 40_000,
    cpuMicrosecondsPerEvent: 20,
    residentMiB: null,
    outputs: 100_000,
    missing,
  };
  const one: BacklogCase = { median: run, rounds: [run], ofEcho: 0.61, ofEchoByCpu: null };
  return {
    environment,
    kind: 'backlog',
    options: parseOptions(['--backlog', '100000']) as BacklogOptions,
    result: { echo: one, winnow: one, winnowAll: one },
  };
}

describe('formatReport', () => {
  it('sets Winnow beside the echo', () => {
    const lines = formatReport(latencyReport()).split('\n');
    expect(lines.filter((line) => /^(echo|winnow) /.test(line)).map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
      'echo 4.1 6.0 8.0 12.0 15.5',
      'winnow 4.1 6.0 8.0 12.0 15.5',
      'winnow - echo 0.0 0.0 0.0 0.0 0.0',
      'echo 12,000 12,000 0 0 0 60.5',
      'winnow 12,000 12,000 0 0 0 60.5',
    ]);
  });

  it.each([
    ['what the system did not tell', latencyReport({ cpuMicrosecondsPerEvent: null, latencyMs: null }), / - /],
    ['a throughput as a share of the echo', backlogReport(0), /winnow +40,000 +0\.61/],
    ['changes that no commit has', latencyReport(), /commit 0123456789ab with changes/],
    ['a broker that was given', latencyReport(), /Kafka of a version unknown \(environment\)/],
  ])('shows %s', (_, report, expected) => {
    expect(formatReport(report)).toMatch(expected);
  });

  it.each([
    ['latency', latencyReport({ missing: 3 }), 3],
    ['throughput', backlogReport(2), 6],
  ])('says that a measurement of %s failed when an event never came out', (_, report, missing) => {
    expect(missingOf(report)).toBe(missing);
    expect(formatReport(report)).toContain(`FAILED: ${missing} events never came out.`);
  });

  it('says nothing of failure when all came out', () => {
    expect(formatReport(latencyReport())).not.toContain('FAILED');
  });
});

it.each([latencyReport(), backlogReport(0)])('a $kind result is written as the formatter wants it', async (report) => {
  expect(await check(`${JSON.stringify(report, null, 2)}\n`, { parser: 'json', printWidth: 120 })).toBe(true);
});
