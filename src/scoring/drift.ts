import { eventTypes, isScored, type EventType } from '../domain/event.ts';
import { featureColumn } from '../features/catalogue.ts';
import { featureCount } from '../features/extract.ts';
import type { Norms } from '../features/norms/norms.ts';
import { RowSample } from '../features/norms/row-sample.ts';
import { typeEventsMin } from '../features/norms/ranker.ts';
import { accountKeyAt, type ObservationBatch } from '../features/observation.ts';
import type { DriftReport } from '../telemetry.ts';
import { compare, criticalDrift, type Comparison } from './drift-statistic.ts';

export interface DriftOptions {
  /** Percentage of the features that may be far from the norms before the score alone may not block, 0 to 100. */
  readonly featuresPercentMax: number;
  /** Events of a window, at least: what came is held against the norms when there are so many. */
  readonly windowEvents: number;
}

/** What holds where the settings say nothing else: a platform that is not the norms' has a quarter of the features far from them. */
export const defaultDriftOptions: DriftOptions = { featuresPercentMax: 15, windowEvents: 20_000 };

/** Population stability index from which drift is much: a convention of credit scoring, and no test. */
const muchIndex = 0.25;
/** Windows in a row that it takes to hold the score back, and to let it go. */
const windowsInRow = 2;
/** It is let go when less than this part of the share that held it is left. */
const releasePart = 0.5;
/** Events of each type that are kept of a window. */
const rowsMax = 500;

const typeColumn = featureColumn('event_type')!;

/**
 * Holds what comes against the norms, window after window, without labels: each feature among the events of the same type, so that another mix
 * of types is no drift of everything. An event costs one comparison, but for the few that are kept.
 */
export class DriftWatch {
  readonly #options: DriftOptions;
  #norms: Norms | null = null;
  #samples = new Map<EventType, RowSample>();
  #events = 0;
  #isDrifted = false;
  /** Windows in a row that speak for the other state. */
  #contrary = 0;
  readonly #row = new Float32Array(featureCount + 1);

  constructor(options: DriftOptions) {
    this.#options = options;
  }

  get isDrifted(): boolean {
    return this.#isDrifted;
  }

  /**
   * Takes a batch; returns a report when it ends a window. With other norms it begins anew.
   * @param scores [rows] null where no model spoke. @param modelSha256 of the model that spoke.
   */
  take(
    norms: Norms | null,
    modelSha256: string,
    observations: ObservationBatch,
    features: Float32Array,
    scores: Float32Array | null,
  ): DriftReport | null {
    if (norms !== this.#norms) this.#begin(norms);
    if (norms === null) return null;
    for (let row = 0; row < observations.count; row++) this.#takeRow(observations, features, scores, row);
    if (this.#events < this.#options.windowEvents) return null;
    const report = this.#judge(norms, modelSha256);
    for (const sample of this.#samples.values()) sample.clear();
    this.#events = 0;
    return report;
  }

  #begin(norms: Norms | null): void {
    this.#norms = norms;
    this.#samples = new Map();
    this.#events = 0;
    this.#isDrifted = false;
    this.#contrary = 0;
  }

  #takeRow(
    { keys, eventKeys }: ObservationBatch,
    features: Float32Array,
    scores: Float32Array | null,
    row: number,
  ): void {
    const type = eventTypes[features[row * featureCount + typeColumn]!]!;
    if (!isScored(type)) return;
    this.#events++;
    let sample = this.#samples.get(type);
    if (sample === undefined) this.#samples.set(type, (sample = new RowSample(featureCount + 1, rowsMax)));
    if (!sample.wants(eventKeys[row]!)) return;
    this.#row.set(features.subarray(row * featureCount, (row + 1) * featureCount));
    this.#row[featureCount] = scores?.[row] ?? NaN;
    sample.add(eventKeys[row]!, keys[accountKeyAt(row)]!, this.#row);
  }

  #judge(norms: Norms, modelSha256: string): DriftReport {
    const accounts = new Map(
      Array.from(this.#samples, ([type, sample]) => [type, new Set(sample.accounts()).size] as const),
    );
    const columnsOf = new Map(Array.from(this.#samples, ([type, sample]) => [type, sample.columns()] as const));
    const features = norms.features.flatMap(({ name }, at) => this.#ofFeature(norms, name, at, accounts, columnsOf));
    const far = features.filter(({ index, isMoreThanChance }) => isMoreThanChance && index >= muchIndex).length;
    this.#weigh(features.length === 0 ? 0 : far / features.length);
    const score = this.#ofScore(norms, modelSha256);
    return { features: [...features, ...score], far, compared: features.length, isDrifted: this.#isDrifted };
  }

  /** Hysteresis: one odd window changes nothing. */
  #weigh(share: number): void {
    const shareMax = this.#options.featuresPercentMax / 100;
    const speaks = this.#isDrifted ? share < shareMax * releasePart : share > shareMax;
    this.#contrary = speaks ? this.#contrary + 1 : 0;
    if (this.#contrary < windowsInRow) return;
    this.#isDrifted = !this.#isDrifted;
    this.#contrary = 0;
  }

  #ofFeature(
    norms: Norms,
    name: string,
    at: number,
    accounts: ReadonlyMap<EventType, number>,
    columnsOf: ReadonlyMap<EventType, ReturnType<RowSample['columns']>>,
  ): DriftReport['features'] {
    const column = featureColumn(name);
    const comparisons: Comparison[] = [];
    for (const [type, sample] of this.#samples) {
      const own = norms.types[type];
      if (column === undefined || own === undefined || own.sampledEvents < typeEventsMin || sample.size < typeEventsMin)
        continue;
      comparisons.push({
        ...compare(own.distributions[at]!, columnsOf.get(type)!(column)),
        accounts: accounts.get(type)!,
        normAccounts: own.sampledAccounts,
        events: sample.seen,
      });
    }
    return comparisons.length === 0 ? [] : [{ name, ...criticalDrift(comparisons, norms.features.length) }];
  }

  #ofScore(norms: Norms, modelSha256: string): DriftReport['features'] {
    const scores = norms.scores.find((each) => each.modelSha256 === modelSha256);
    if (scores === undefined) return [];
    // The score has one distribution over all types: what is kept of each counts as it came.
    const seen = Array.from(this.#samples.values(), (sample) => sample.column(featureCount, this.#part(sample)));
    const values = Float32Array.from(seen.flatMap((each) => [...each]));
    const accounts = new Set(
      Array.from(this.#samples.values(), (sample) => [...sample.accounts(this.#part(sample))]).flat(),
    ).size;
    if (values.length < typeEventsMin) return [];
    const { sampledAccounts } = norms.all;
    const comparison = { ...compare(scores.events, values), accounts, normAccounts: sampledAccounts, events: 1 };
    return [{ name: 'score', ...criticalDrift([comparison], 1) }];
  }

  /** Rows of a type that speak for it among all. */
  #part(sample: RowSample): number {
    return Math.min(sample.size, Math.round((rowsMax * sample.seen) / Math.max(this.#events, rowsMax)));
  }
}
