import { parseArgs } from 'node:util';
import type { PhasePlan } from './subject.ts';

/** What a run is asked to do. Latency by default; with `--backlog`, throughput; with `--appeals`, how soon people come free. */
export type LoadOptions = LatencyOptions | BacklogOptions | AppealsOptions;

interface CommonOptions {
  /** Repetitions, each processor once in each, so that drift of the machine is seen. */
  readonly rounds: number;
  readonly partitions: number;
  readonly seed: number;
  /** Prints the result as JSON instead of tables. */
  readonly json: boolean;
  /** File for the result; null for one in `load-tests/results/`, named by date and kind. */
  readonly out: string | null;
}

export interface LatencyOptions extends CommonOptions {
  readonly kind: 'latency';
  /** Events per second. */
  readonly rate: number;
  /** Seconds that are measured for each processor, all rounds together. */
  readonly seconds: number;
  /** Seconds of the same load before that, for each processor, unmeasured. */
  readonly warmUpSeconds: number;
  /** Seconds at the start of each round that are not measured: the processor was idle meanwhile. */
  readonly settleSeconds: number;
}

export interface BacklogOptions extends CommonOptions {
  readonly kind: 'backlog';
  /** Events that wait in the topic. */
  readonly events: number;
}

export interface AppealsOptions extends CommonOptions {
  readonly kind: 'appeals';
  /** Accepted appeals that are measured. */
  readonly appeals: number;
  /** Appeals per second. */
  readonly rate: number;
}

/** The command line was wrong. The message says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `Puts load on Winnow through a real Kafka, next to a bare kafkajs echo.

  npm run load -- --rate 2000 --seconds 60    how late decisions are at this rate
  npm run load -- --backlog                   how fast a backlog of a platform's size is worked off
  npm run load -- --appeals 2000              how soon an accepted appeal lifts a block

  --rate N        events per second that arrive, whatever comes out (2000)
  --seconds N     seconds measured for each processor, spread over the rounds (60)
  --warm-up N     seconds of the same load before that; a broker that just started needs 30 or more (30)
  --backlog [N]   measure throughput on this many events instead (1000000: about as many entities)
  --appeals N     accept this many appeals instead, at --rate a second (100)
  --rounds N      repetitions of each measurement, taking turns (3)
  --partitions N  of the topics (4)
  --seed N        of the simulated events (1)
  --json          print the result as JSON
  --out FILE      write the result there, not to load-tests/results/

Kafka is what WINNOW_TEST_KAFKA_BROKERS names, else one is started. Other WINNOW_ variables hold for Winnow, and as far as they
are of Kafka for the echo too.
`;

/** The cardinality of a platform: about as many entities as events, so that no cache of the processor holds them. */
const backlogEvents = 1_000_000;
/** All events of a run are made before it, and held: about 700 bytes each. */
const eventsMax = 3_000_000;
const settleSecondsMax = 2;

/** Throws `UsageError`. `help` is for whoever asked how to use it. */
export function parseOptions(args: readonly string[]): LoadOptions | 'help' {
  const flags = parseFlags(withBacklogEvents(args));
  if (flags.help) return 'help';
  const common = {
    rounds: integer('rounds', flags.rounds, 3, 1, 100),
    partitions: integer('partitions', flags.partitions, 4, 1, 64),
    seed: integer('seed', flags.seed, 1, 0, Number.MAX_SAFE_INTEGER),
    json: flags.json,
    out: flags.out ?? null,
  };
  if (flags.backlog !== undefined) {
    for (const name of ['rate', 'seconds', 'warm-up'] as const) {
      if (flags[name] !== undefined)
        throw new UsageError(`--${name} has no effect with --backlog: leave one of them out.`);
    }
    return { kind: 'backlog', ...common, events: integer('backlog', flags.backlog, 0, 100, eventsMax) };
  }
  if (flags.appeals !== undefined) {
    const appeals = integer('appeals', flags.appeals, 0, 1, eventsMax);
    return { kind: 'appeals', ...common, appeals, rate: integer('rate', flags.rate, 100, 1, 10_000) };
  }
  const warmUpSeconds = number('warm-up', flags['warm-up'], 30, 0, 600);
  const options: LatencyOptions = {
    kind: 'latency',
    ...common,
    rate: integer('rate', flags.rate, 2_000, 1, 100_000),
    seconds: number('seconds', flags.seconds, 60, 0.1, 3_600),
    warmUpSeconds,
    settleSeconds: Math.min(settleSecondsMax, warmUpSeconds),
  };
  const events = eventsOf(options);
  if (events > eventsMax) {
    throw new UsageError(`That is ${events} events; at most ${eventsMax} fit: lower --rate, --seconds or --warm-up.`);
  }
  return options;
}

/** What each processor gets: first the warm-up, of which nothing is measured, then the rounds. */
export function planOf({ rate, seconds, warmUpSeconds, settleSeconds, rounds }: LatencyOptions): {
  readonly warmUp: PhasePlan;
  readonly round: PhasePlan;
} {
  const measuredEvents = Math.max(1, Math.round((rate * seconds) / rounds));
  return {
    warmUp: { rate, settleEvents: Math.round(rate * warmUpSeconds), measuredEvents: 0 },
    round: { rate, settleEvents: Math.round(rate * settleSeconds), measuredEvents },
  };
}

/** Events of the whole plan, for each processor. */
export function eventsOf(options: LatencyOptions): number {
  const { warmUp, round } = planOf(options);
  return warmUp.settleEvents + options.rounds * (round.settleEvents + round.measuredEvents);
}

/** `--backlog` may stand alone. */
function withBacklogEvents(args: readonly string[]): readonly string[] {
  const at = args.indexOf('--backlog');
  const stands = at >= 0 && (args[at + 1] ?? '--').startsWith('--');
  return stands ? args.toSpliced(at + 1, 0, String(backlogEvents)) : args;
}

function parseFlags(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const yes = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        rate: text,
        seconds: text,
        'warm-up': text,
        backlog: text,
        appeals: text,
        rounds: text,
        partitions: text,
        seed: text,
        out: text,
        json: yes,
        help: yes,
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function number(name: string, text: string | undefined, fallback: number, min: number, max: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (text?.trim() === '' || !(value >= min && value <= max)) {
    throw new UsageError(`--${name} is a number from ${min} to ${max}, not ${text}.`);
  }
  return value;
}

function integer(name: string, text: string | undefined, fallback: number, min: number, max: number): number {
  const value = number(name, text, fallback, min, max);
  if (!Number.isInteger(value)) throw new UsageError(`--${name} is a whole number, not ${text}.`);
  return value;
}
