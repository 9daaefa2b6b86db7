import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { textOfRegistry } from './exposition.ts';
import { registerProcessMetrics } from './process-metrics.ts';

/** What is asked when Prometheus asks. */
export interface ArchiveReadings {
  /** Of Winnow, as in package.json. */
  readonly version: string;
  /** As `/readyz` says. */
  readonly ready: () => boolean;
  /** By topic: records that are there and were not taken; undefined where that is not known yet. */
  readonly lags: () => ReadonlyMap<string, number | undefined>;
}

/** What became of a batch. */
export interface ArchivedCounts {
  readonly decisions: number;
  readonly words: number;
  readonly changes: number;
  readonly repeated: number;
  readonly erased: number;
  readonly expired: number;
}

/** Seconds; a batch is a thousand records at most. */
const writeSecondsBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** The metrics of `winnow archive`. Names are `winnow_archive_<name>_<unit>[_total]`; every label is a bounded set. */
export class ArchiveMetrics {
  readonly #registry = new Registry();
  readonly #records: Counter<'kind'>;
  readonly #refused: Counter<'topic'>;
  readonly #lost: Counter<'topic'>;
  readonly #erased: Counter;
  readonly #expired: Counter;
  readonly #writes: Histogram;

  constructor(readings: ArchiveReadings) {
    const registers = [this.#registry];
    registerProcessMetrics(this.#registry);
    this.#records = new Counter({
      name: 'winnow_archive_records_total',
      help: 'Records taken, by what they are; repeated: those that were there already.',
      labelNames: ['kind'],
      registers,
    });
    for (const kind of ['decision', 'word', 'change', 'repeated']) this.#records.inc({ kind }, 0);
    this.#refused = new Counter({
      name: 'winnow_archive_refused_total',
      help: 'Records passed over, since they are nothing that the archive keeps.',
      labelNames: ['topic'],
      registers,
    });
    this.#lost = new Counter({
      name: 'winnow_archive_lost_total',
      help: 'Records that their topic let go before they were read.',
      labelNames: ['topic'],
      registers,
    });
    this.#erased = new Counter({ name: 'winnow_archive_erased_total', help: 'Accounts forgotten.', registers });
    this.#expired = new Counter({
      name: 'winnow_archive_expired_total',
      help: 'Records that went by their retention.',
      registers,
    });
    this.#writes = new Histogram({
      name: 'winnow_archive_write_seconds',
      help: 'From the begin of a transaction to its end.',
      buckets: writeSecondsBounds,
      registers,
    });
    registerReadings(this.#registry, readings);
  }

  text(): Promise<string> {
    return textOfRegistry(this.#registry);
  }

  written(report: ArchivedCounts, seconds: number): void {
    this.#writes.observe(seconds);
    this.#records.inc({ kind: 'decision' }, report.decisions);
    this.#records.inc({ kind: 'word' }, report.words);
    this.#records.inc({ kind: 'change' }, report.changes);
    this.#records.inc({ kind: 'repeated' }, report.repeated);
    this.swept(report);
  }

  swept({ erased, expired }: Pick<ArchivedCounts, 'erased' | 'expired'>): void {
    this.#erased.inc(erased);
    this.#expired.inc(expired);
  }

  refused(topic: string): void {
    this.#refused.inc({ topic });
  }

  lost(topic: string, count: number): void {
    this.#lost.inc({ topic }, count);
  }
}

function registerReadings(registry: Registry, { version, ready, lags }: ArchiveReadings): void {
  const info = new Gauge({
    name: 'winnow_archive_info',
    help: 'The version that runs.',
    labelNames: ['version'],
    registers: [],
  });
  info.set({ version }, 1);
  registry.registerMetric(info);
  registry.registerMetric(
    new Gauge({
      name: 'winnow_archive_ready',
      help: 'As /readyz says.',
      registers: [],
      collect() {
        this.set(Number(ready()));
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'winnow_archive_lag_records',
      help: 'Records that are in a topic and were not taken.',
      labelNames: ['topic'],
      registers: [],
      collect() {
        this.reset(); // a number of before a failure is not one of now
        for (const [topic, lag] of lags()) if (lag !== undefined) this.set({ topic }, lag);
      },
    }),
  );
}
