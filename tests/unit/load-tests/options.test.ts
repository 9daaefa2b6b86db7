import { describe, expect, it } from 'vitest';
import {
  eventsOf,
  parseOptions,
  planOf,
  usage,
  UsageError,
  type LatencyOptions,
} from '../../../load-tests/load/options.ts';

const latency = (...args: string[]): LatencyOptions => parseOptions(args) as LatencyOptions;

describe('parseOptions', () => {
  it('measures latency when nothing is said', () => {
    expect(parseOptions([])).toEqual({
      kind: 'latency',
      rate: 2_000,
      seconds: 60,
      warmUpSeconds: 30,
      settleSeconds: 2,
      rounds: 3,
      partitions: 4,
      seed: 1,
      json: false,
      out: null,
    });
  });

  it('measures throughput when a backlog is given', () => {
    expect(parseOptions(['--backlog', '200000', '--rounds', '5', '--json', '--out', 'x.json'])).toEqual({
      kind: 'backlog',
      events: 200_000,
      rounds: 5,
      partitions: 4,
      seed: 1,
      json: true,
      out: 'x.json',
    });
  });

  it.each([
    [['--backlog'], 1_000_000, 3],
    [['--backlog', '--rounds', '2'], 1_000_000, 2],
    [['--rounds', '2', '--backlog', '500'], 500, 2],
  ])('%j is a backlog of %d events', (args, events, rounds) => {
    expect(parseOptions(args)).toMatchObject({ kind: 'backlog', events, rounds });
  });

  it('never settles for longer than it warms up', () => {
    expect(latency('--warm-up', '0.5').settleSeconds).toBe(0.5);
  });

  it.each([
    [['--rate', '0'], '--rate is a number from 1'],
    [['--rate', 'fast'], 'not fast'],
    [['--rate', ''], '--rate is a number'],
    [['--rate', '1.5'], 'a whole number'],
    [['--seconds', '-1'], '--seconds'],
    [['--partitions', '65'], 'to 64'],
    [['--rate', '100000', '--seconds', '3600'], 'lower --rate'],
    [['--backlog', '1000', '--rate', '5'], '--rate has no effect with --backlog'],
    [['--backlog', '1000', '--warm-up', '5'], '--warm-up has no effect with --backlog'],
    [['--bogus'], '--bogus'],
    [['stray'], 'stray'],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });

  it('explains every option', () => {
    expect(parseOptions(['--help'])).toBe('help');
    for (const name of ['rate', 'seconds', 'warm-up', 'backlog', 'rounds', 'partitions', 'seed', 'json', 'out']) {
      expect(usage).toContain(`\n  --${name} `);
    }
  });
});

describe('planOf', () => {
  it('spreads the measured seconds over the rounds, each after a time to settle', () => {
    const options = latency('--rate', '100', '--seconds', '9', '--rounds', '3', '--warm-up', '4');
    expect(planOf(options)).toEqual({
      warmUp: { rate: 100, settleEvents: 400, measuredEvents: 0 },
      round: { rate: 100, settleEvents: 200, measuredEvents: 300 },
    });
    expect(eventsOf(options)).toBe(400 + 3 * (200 + 300));
  });

  it('measures at least one event a round', () => {
    const { round } = planOf(latency('--rate', '1', '--seconds', '0.1'));
    expect(round.measuredEvents).toBe(1);
  });
});
