import { eventTypes, isScored, type EventType } from '../../domain/event.ts';
import { limits } from '../../domain/limits.ts';
import { catalogue, definitionHashes, featureColumn } from '../catalogue.ts';
import { featureCount } from '../extract.ts';
import { accountKeyAt, type ObservationBatch } from '../observation.ts';
import { AccountMaxima } from './account-maxima.ts';
import { AccountSample } from './account-sample.ts';
import { accountDaysMin, blockThreshold } from './block-budget.ts';
import { dayMs } from './day.ts';
import { describeDistribution } from './distribution.ts';
import type { Distribution, Norms, ScoreNorms, TypeNorms } from './norms.ts';
import { RowSample } from './row-sample.ts';

/** With fewer events and accounts, rare values are told apart by luck; in fewer days the windows are not full, and a weekday is missing. */
export const enough = { events: 100_000, accounts: 5_000, days: 7 } as const;

export interface GathererOptions {
  /** Models whose scores are gathered: their names, and the SHA-256 of each. */
  readonly models: readonly { readonly name: string; readonly sha256: string }[];
  /** Events of each type that are kept. Each takes four bytes a feature. */
  readonly rowsMax: number;
  /** Accounts that are kept. */
  readonly accountsMax: number;
}

const typeColumn = featureColumn('event_type')!;

/** Gathers what is usual, in bounded memory. What it keeps of an event are its features, under keyed hashes. */
export class NormsGatherer {
  readonly #options: GathererOptions;
  readonly #samples = new Map<EventType, RowSample>();
  readonly #accounts: AccountMaxima;
  readonly #platform = new AccountSample(featureCount, limits.normsSampleAccountsMax, limits.normsSampleRowsMax);
  readonly #row: Float32Array;
  #fromMs = Infinity;
  #toMs = -Infinity;
  #events = 0;

  constructor(options: GathererOptions) {
    this.#options = options;
    this.#accounts = new AccountMaxima(options.models.length, options.accountsMax);
    this.#row = new Float32Array(featureCount + options.models.length);
  }

  get events(): number {
    return this.#events;
  }

  get models(): GathererOptions['models'] {
    return this.#options.models;
  }

  /** Days from the first event to the last; 0 where there is none. */
  get days(): number {
    return this.#events === 0 ? 0 : (this.#toMs - this.#fromMs) / dayMs;
  }

  get accounts(): number {
    return this.#accounts.size * this.#accounts.weight;
  }

  /** Days on which accounts were there, summed over accounts. */
  get accountDays(): number {
    return this.#accounts.accountDays * this.#accounts.weight;
  }

  /** @param scores [models] of the batch's rows; null where a model did not speak. */
  add(observations: ObservationBatch, features: Float32Array, scores: readonly (Float32Array | null)[]): void {
    for (let row = 0; row < observations.count; row++) {
      const type = eventTypes[features[row * featureCount + typeColumn]!]!;
      if (isScored(type)) this.#addRow(type, observations, features, scores, row);
    }
  }

  #addRow(
    type: EventType,
    { keys, eventKeys, timesMs }: ObservationBatch,
    features: Float32Array,
    scores: readonly (Float32Array | null)[],
    row: number,
  ): void {
    const timeMs = timesMs[row]!;
    this.#events++;
    this.#fromMs = Math.min(this.#fromMs, timeMs);
    this.#toMs = Math.max(this.#toMs, timeMs);
    const [high, low] = [keys[accountKeyAt(row)]!, keys[accountKeyAt(row) + 1]!];
    this.#accounts.add(high, low, timeMs, scores, row);
    this.#platform.add(high, low, timeMs, eventKeys[row]!, features, row);
    const sample = this.#sampleOf(type);
    if (!sample.wants(eventKeys[row]!)) return;
    this.#row.set(features.subarray(row * featureCount, (row + 1) * featureCount));
    for (const [model, each] of scores.entries()) this.#row[featureCount + model] = each?.[row] ?? NaN;
    sample.add(eventKeys[row]!, high, this.#row);
  }

  /** What is usual in what was seen. Some event must have been. */
  describe(budget: number): Omit<Norms, 'version' | 'sha256'> {
    const columns = Array.from({ length: featureCount }, (_, column) => column);
    const types = eventTypes.flatMap((type): readonly [EventType, TypeNorms][] => {
      const sample = this.#samples.get(type);
      return sample === undefined ? [] : [[type, describeType(sample, columns)]];
    });
    return {
      window: { fromMs: this.#fromMs, toMs: this.#toMs },
      events: this.#events,
      accounts: this.accounts,
      budget,
      features: catalogue.map(({ name }, column) => ({ name, definition: definitionHashes[column]! })),
      types: Object.fromEntries(types),
      all: this.#describeAll(columns),
      scores: this.#options.models.map((model, at) => this.#describeScores(model, at, budget)),
      sample: this.#platform.describe(),
    };
  }

  #describeScores({ name, sha256 }: GathererOptions['models'][number], model: number, budget: number): ScoreNorms {
    const maxima = this.#accounts.of(model);
    const { accountDays } = this.#accounts;
    return {
      model: name,
      modelSha256: sha256,
      events: this.#together(featureCount + model),
      accounts: describeDistribution(maxima.slice()),
      accountsPerDay: this.accountDays / Math.max(1, this.days),
      block: accountDays < accountDaysMin(budget) ? null : blockThreshold(maxima, accountDays, budget),
    };
  }

  #describeAll(columns: readonly number[]): TypeNorms {
    const samples = [...this.#samples.values()];
    const shown = samples.map((sample) => this.#shareOf(sample));
    return {
      events: this.#events,
      sampledEvents: shown.reduce((sum, count) => sum + count, 0),
      sampledAccounts: new Set(samples.flatMap((sample, at) => [...sample.accounts(shown[at])])).size,
      distributions: columns.map((column) => this.#together(column)),
    };
  }

  /** A column over all types, each type with its share of the events. */
  #together(column: number): Distribution {
    const parts = Array.from(this.#samples.values(), (sample) => sample.column(column, this.#shareOf(sample)));
    const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return describeDistribution(whole);
  }

  /** Rows of a type that speak for it among all: at least one, so that a rare type has its say. */
  #shareOf(sample: RowSample): number {
    const all = Math.min(this.#events, this.#options.rowsMax);
    return Math.min(sample.size, Math.max(1, Math.round((all * sample.seen) / this.#events)));
  }

  #sampleOf(type: EventType): RowSample {
    let sample = this.#samples.get(type);
    if (sample === undefined) {
      sample = new RowSample(this.#row.length, this.#options.rowsMax);
      this.#samples.set(type, sample);
    }
    return sample;
  }
}

function describeType(sample: RowSample, columns: readonly number[]): TypeNorms {
  return {
    events: sample.seen,
    sampledEvents: sample.size,
    sampledAccounts: new Set(sample.accounts()).size,
    distributions: columns.map((column) => describeDistribution(sample.column(column))),
  };
}
