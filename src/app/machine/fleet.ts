import type { Answers, Health } from '../../adapters/http/listener.ts';
import { contentType, type MetricSamples } from '../../adapters/prometheus/exposition.ts';
import type { MergedMetrics } from '../../adapters/prometheus/merging.ts';
import type { Question } from './supervisor-link.ts';
import type { WorkerProcess } from './worker-process.ts';

export interface FleetOptions {
  /** How many there should be. */
  readonly workers: number;
  /** Those that run, by number. */
  readonly running: () => ReadonlyMap<number, Pick<WorkerProcess, 'ask'>>;
  /** All are to leave the group: from now on nobody is started again. */
  readonly leave: () => void;
  readonly metrics: MergedMetrics;
  /** What the supervisor tells of itself. */
  readonly own: () => Promise<readonly MetricSamples[]>;
  /** Milliseconds that all have to leave the group. */
  readonly drainMsMax: number;
}

/** Shorter than what Kubernetes waits for a probe by default, one second. Milliseconds. */
const probeMsMax = 800;
const samplesMsMax = 2_000;

type HealthQuestion = Extract<Question, 'started' | 'live' | 'ready'>;

const silent: Health = { ok: false, reasons: ['It does not answer.'] };
const gone: Health = {
  ok: false,
  reasons: [
    'It ended before it had finished, and is out of the group: what it had not committed comes again, to others.',
  ],
};

/**
 * The answers of many as those of one. It has started and is ready when all are; it is live as long as each that runs is: one that
 * is being started again is the supervisor's affair, and no reason to end the others.
 */
export function fleetAnswers({ workers, running, leave, metrics, own, drainMsMax }: FleetOptions): Required<Answers> {
  const health = async (question: HealthQuestion, msMax: number): Promise<Health> => {
    const all = await Promise.all(
      [...running()].map(async ([worker, process]) => named(worker, (await process.ask(question, msMax)) ?? silent)),
    );
    return together(all);
  };
  const ofAll = async (question: HealthQuestion, msMax: number): Promise<Health> => {
    const missing = workers - running().size;
    const { ok, reasons } = await health(question, msMax);
    return missing === 0
      ? { ok, reasons }
      : { ok: false, reasons: [`${missing} of ${workers} workers do not run now.`, ...reasons] };
  };
  return {
    started: () => ofAll('started', probeMsMax),
    live: () => health('live', probeMsMax),
    ready: () => ofAll('ready', probeMsMax),
    drain: async () => {
      leave();
      const all = await Promise.all(
        [...running()].map(async ([worker, process]) => {
          const answer = await process.ask('drain', drainMsMax);
          const isGone = answer === undefined && running().get(worker) !== process;
          return named(worker, answer ?? (isGone ? gone : silent));
        }),
      );
      return together(all);
    },
    metrics: async () => {
      await Promise.all(
        [...running()].map(async ([worker, process]) => {
          const samples = await process.ask('samples', samplesMsMax);
          // Of one that is silent, what it said last: a sum that shrinks would be taken for a restart.
          if (samples !== undefined && running().get(worker) === process) metrics.take(worker, samples);
        }),
      );
      return { contentType, text: metrics.text(await own()) };
    },
  };
}

function together(all: readonly Health[]): Health {
  return { ok: all.every(({ ok }) => ok), reasons: all.flatMap(({ reasons }) => reasons) };
}

function named(worker: number, { ok, reasons }: Health): Health {
  return { ok, reasons: reasons.map((reason) => `Worker ${worker}: ${reason}`) };
}
