import { setTimeout as sleep } from 'node:timers/promises';
import type { Metrics } from '../integration/processor/support/metrics.ts';
import type { Processor } from '../integration/processor/support/processor.ts';
import type { Member } from './member.ts';
import type { Topology } from './topology.ts';

/** What has to be seen from outside: a number that grew, or a line of the log, of any member. */
export type Sign =
  | { readonly metric: string; readonly labels?: Readonly<Record<string, string>> }
  /** A piece of a line as it is written: of its sentence, or a code. Where `kafka` is given, it says enough on that alone. */
  | { readonly log: string; readonly kafka?: Topology['kafka'] };

/** When something began: how far each processor's log and metrics were. */
export interface Mark {
  readonly logged: ReadonlyMap<Processor, number>;
  readonly samples: ReadonlyMap<Processor, number>;
}

const sampleEveryMs = 700;

/** Asks all processors again and again for their metrics, as Prometheus does: those of one that is killed are known up to then. */
export class Watch {
  readonly #members: readonly Member[];
  readonly #samples = new Map<Processor, Metrics[]>();
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;

  constructor(members: readonly Member[]) {
    this.#members = members;
    this.#watching = this.#watch();
  }

  async #watch(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.sample();
      await sleep(sampleEveryMs);
    }
  }

  /** Of those that answer. */
  async sample(): Promise<void> {
    await Promise.all(
      this.#members.map(async ({ lives }) => {
        const processor = lives.at(-1);
        const metrics = await processor?.metrics().catch(() => undefined);
        if (processor === undefined || metrics === undefined) return;
        const samples = this.#samples.get(processor) ?? [];
        this.#samples.set(processor, samples);
        samples.push(metrics);
      }),
    );
  }

  /** All processors that ever lived. */
  get #processors(): Processor[] {
    return this.#members.flatMap(({ lives }) => lives);
  }

  mark(): Mark {
    return {
      logged: new Map(this.#processors.map((each) => [each, each.stdout.length])),
      samples: new Map([...this.#samples].map(([each, { length }]) => [each, length])),
    };
  }

  /** Whether it was seen of any member since then. */
  hasSeen(sign: Sign, { logged, samples }: Mark): boolean {
    if ('log' in sign)
      return this.#processors.some((each) => each.stdout.slice(logged.get(each) ?? 0).includes(sign.log));
    return [...this.#samples].some(([processor, all]) => {
      const values = all.map((metrics) => metrics.sum(sign.metric, sign.labels));
      const from = samples.get(processor) ?? 0;
      const before = from === 0 ? 0 : values[from - 1]!;
      return values.slice(from).some((value) => value > before);
    });
  }

  /** The most that a number ever was, of any processor. */
  most(metric: string): number {
    return Math.max(0, ...[...this.#samples.values()].flat().map((metrics) => metrics.sum(metric)));
  }

  /** What a counter came to, over all processors as they were last seen. */
  total(metric: string, labels?: Readonly<Record<string, string>>): number {
    return [...this.#samples.values()].reduce((sum, all) => sum + (all.at(-1)?.sum(metric, labels) ?? 0), 0);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }
}
