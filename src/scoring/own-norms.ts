import type { ModelReference } from '../domain/decision.ts';
import { enough, NormsGatherer } from '../features/norms/gatherer.ts';
import type { Norms } from '../features/norms/norms.ts';
import type { ObservationBatch } from '../features/observation.ts';
import type { GatheredReport } from '../telemetry.ts';
import type { UnnamedNorms } from './norms-file.ts';

/** Events of each type, and accounts, that are kept: some 20 MB in all. A share that is read off so many rows is within 0.04. */
const sampled = { rowsMax: 2_048, accountsMax: 65_536 };
/** Events between two reports. */
const reportEvery = 10_000;

/** What has been gathered is made into norms, which takes some 0.1 s: once in so many days. */
export type OnEnough = (norms: UnnamedNorms, report: GatheredReport) => void;

/**
 * Gathers what is usual here from what comes, in bounded memory, and says when it is enough to be adopted as norms. Then it begins anew: what
 * it offers is always of the last days. A restart forgets what was gathered, and another champion begins anew too, since scores of one model
 * say nothing of another's.
 */
export class OwnNorms {
  readonly #budget: number;
  readonly #onEnough: OnEnough;
  #modelSha256: string | undefined;
  #gatherer = new NormsGatherer({ ...sampled, models: [] });
  #reportFrom = reportEvery;
  #isOffered = false;

  /** @param budget share of the accounts of a day that the score alone may block, where nothing else is said. */
  constructor(budget: number, onEnough: OnEnough) {
    this.#budget = budget;
    this.#onEnough = onEnough;
  }

  /**
   * Takes a batch; returns a report every 10,000 events.
   * @param platform the norms in force, which say the budget. @param used those that the model's ranks are made by: the scores of one that
   * takes the ranks of another platform are no use. @param scores [rows] null where no model spoke.
   */
  take(
    { name, version, sha256 }: ModelReference,
    platform: Norms | null,
    used: Norms | null,
    observations: ObservationBatch,
    features: Float32Array,
    scores: Float32Array | null,
  ): GatheredReport | null {
    const scored = used === platform ? sha256 : undefined;
    if (scored !== this.#modelSha256) {
      this.#modelSha256 = scored;
      this.#begin(scored === undefined ? [] : [{ name: `${name} ${version}`, sha256 }]);
    }
    this.#gatherer.add(observations, features, scored === undefined ? [] : [scores]);
    if (this.#gatherer.events < this.#reportFrom) return null;
    this.#reportFrom = this.#gatherer.events + reportEvery;
    return this.#report(platform?.budget ?? this.#budget);
  }

  #report(budget: number): GatheredReport {
    const { events, accounts, days, models } = this.#gatherer;
    const isEnough = events >= enough.events && accounts >= enough.accounts && days >= enough.days;
    this.#isOffered ||= isEnough;
    const report = { events, accounts, days, isOffered: this.#isOffered };
    if (isEnough) {
      this.#onEnough(this.#gatherer.describe(budget), report);
      this.#begin(models);
    }
    return report;
  }

  #begin(models: NormsGatherer['models']): void {
    this.#gatherer = new NormsGatherer({ ...sampled, models });
    this.#reportFrom = reportEvery;
  }
}
