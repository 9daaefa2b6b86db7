import type { Action, Decision, Degradation } from '../domain/decision.ts';
import { decide } from '../policy/decide.ts';
import type { Policy } from '../policy/policy.ts';
import type { Clock, RecordBatch } from '../ports.ts';
import { placeOf } from '../domain/place-of.ts';
import type { Speaker } from '../scoring/ballot.ts';
import { compareScores, type Thresholds } from '../scoring/comparison.ts';
import type { ModelLease } from '../scoring/model-slot.ts';
import type { PanelLease } from '../scoring/panel.ts';
import type { Comparison } from '../telemetry.ts';
import { decisionId } from '../wire/decision-id.ts';
import { composeDecisions, type BatchVersions } from './compose-decisions.ts';
import type { Emission, EmittedVerdict, WatchedRow } from './decide-batch.ts';
import type { EnrichedBatch } from './enrich-batch.ts';
import { explainBatch } from './explain-batch.ts';
import { scoreBatch } from './score-batch.ts';
import type { PanelScores } from './score-panel.ts';

/** What challengers may cost. */
export interface ShadowOptions {
  /** Share of accounts that they are asked about, 0 to 1. */
  readonly share: number;
  /** Milliseconds that all of them together may take of one batch. */
  readonly batchMsMax: number;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

export interface ShadowInput {
  readonly panel: PanelLease;
  readonly scored: PanelScores;
  readonly batch: RecordBatch;
  readonly enriched: EnrichedBatch;
  readonly features: Float32Array;
  /** Rows that were scored, in order. */
  readonly rows: readonly number[];
  /** What shadow rules would have made of some of them. */
  readonly watched: readonly WatchedRow[];
  readonly policy: Policy;
  readonly versions: BatchVersions;
  readonly degraded: readonly Degradation[];
  readonly emit: Emission;
}

export interface ShadowBatch {
  readonly comparisons: readonly Comparison[];
  /** Of challengers and of shadow rules, mode shadow: each account's when the mind about it changes. */
  readonly decisions: readonly Decision[];
}

/** Accounts whose last shadow action is remembered, of all challengers together; of more, those seen longest ago are forgotten. */
const accountsMax = 65_536;
/** Every challenger that is asked scores this many rows, or its speed would never be known. */
const probeRows = 16;
/** Weight of the newest batch in what a row is thought to cost. */
const newestWeight = 0.2;
/** The salt of those accounts that challengers are asked about: the same for all of them, so that they can be compared. */
const shareSalt = 'challengers';

/**
 * Asks the challengers about a batch, after it has its fate: they cost throughput, and no event waits for them. What they cost is
 * bounded by a share of accounts and by time. They are judged as models: by their scores alone, on their own thresholds.
 */
export class Shadow {
  readonly #options: ShadowOptions;
  /** What stands in the mind of a challenger, or of a policy's shadow rules, by its hash and the account; `allow` is not kept. */
  readonly #minds = new Map<string, Action>();
  /** Milliseconds that a row costs, by the hash of the model. */
  readonly #rowMs = new Map<string, number>();

  constructor(options: ShadowOptions) {
    this.#options = options;
  }

  async ask(input: ShadowInput): Promise<ShadowBatch> {
    const { panel, scored, rows, policy, enriched } = input;
    const comparisons: Comparison[] = [];
    const decisions: Decision[] = [...(await this.#watch(input))];
    if (scored.champion === null) return { comparisons, decisions };
    if (scored.canary !== null) comparisons.push(ofCanary(scored, rows.length, policy.thresholds));
    // The place of each account costs a hash of its name.
    if (panel.challengers.length === 0) return { comparisons, decisions };
    const asked = rows.filter((row) => placeOf(enriched.facts[row]!.event.subject, shareSalt) < this.#options.share);
    let leftMs = this.#options.batchMsMax;
    for (const { lease, thresholds } of panel.challengers) {
      const some = asked.slice(0, this.#affordable(lease, leftMs));
      const startMs = this.#options.clock.monotonicMs();
      const scores = await scoreBatch(lease, input.features, enriched.facts.length, some);
      if (scores !== null) decisions.push(...(await this.#decide(lease, thresholds, scores, some, input)));
      const tookMs = this.#options.clock.monotonicMs() - startMs;
      leftMs -= tookMs;
      if (some.length > 0) this.#learn(lease, tookMs / some.length);
      comparisons.push({
        role: 'challenger',
        model: lease.reference,
        rows: scores === null ? 0 : some.length,
        skipped: asked.length - some.length,
        failed: scores === null,
        tookMs,
        championMs: rows.length === 0 ? 0 : (scored.championMs * some.length) / rows.length,
        ...compare(scored.champion, policy.thresholds, scores, thresholds, some),
      });
    }
    return { comparisons, decisions };
  }

  /** What shadow rules would have decided, where that is news. */
  async #watch(input: ShadowInput): Promise<readonly Decision[]> {
    const { watched, scored, policy, batch, enriched, features, versions, degraded, emit } = input;
    const emitted = watched
      .filter(({ verdict }) => emit === 'all' || emit.has(verdict.action))
      .filter(({ row, verdict }) => this.#isNews(policy.sha256, enriched.facts[row]!.event.subject, verdict.action))
      .map(({ row, model, verdict, rules }): EmittedVerdict => {
        const normsSha256 = versions.normsOf(model.role)?.sha256 ?? null;
        const id = decisionId(enriched.facts[row]!.event, model.sha256, normsSha256, policy.sha256, 'shadow');
        const cause = { kind: 'event' } as const;
        return { row, id, model, cause, verdict, rules, matched: [], supersedes: undefined, degraded };
      });
    if (emitted.length === 0) return [];
    const reasons = await explainBatch(scored, emitted, features);
    return composeDecisions(emitted, reasons, scored.scores, enriched, batch, versions, 'shadow');
  }

  /** Rows that a challenger may be asked about in the time that is left. */
  #affordable({ reference }: ModelLease, leftMs: number): number {
    if (leftMs <= 0) return 0;
    const rowMs = this.#rowMs.get(reference.sha256);
    return rowMs === undefined ? probeRows : Math.max(probeRows, Math.floor(leftMs / rowMs));
  }

  #learn({ reference }: ModelLease, rowMs: number): void {
    const known = this.#rowMs.get(reference.sha256);
    this.#rowMs.delete(reference.sha256);
    this.#rowMs.set(reference.sha256, known === undefined ? rowMs : known + newestWeight * (rowMs - known));
    if (this.#rowMs.size > 64) this.#rowMs.delete(this.#rowMs.keys().next().value!);
  }

  async #decide(
    lease: ModelLease,
    thresholds: Thresholds,
    scores: Float32Array,
    rows: readonly number[],
    { policy, batch, enriched, features, versions, degraded, emit }: ShadowInput,
  ): Promise<readonly Decision[]> {
    const speaker: Speaker = { ...lease.reference, role: 'challenger' };
    const ownPolicy: Policy = { ...policy, thresholds };
    const emitted: EmittedVerdict[] = [];
    for (const row of rows) {
      const { event } = enriched.facts[row]!;
      const evidence = { score: scores[row]!, fired: [], standing: undefined, degraded, nowMs: event.timeMs };
      const verdict = decide({ ...evidence, policy: ownPolicy });
      if (!this.#isNews(lease.reference.sha256, event.subject, verdict.action)) continue;
      if (emit !== 'all' && verdict.action !== 'allow' && !emit.has(verdict.action)) continue;
      const id = decisionId(event, lease.reference.sha256, lease.norms?.sha256 ?? null, policy.sha256, 'shadow');
      const cause = { kind: 'event' } as const;
      emitted.push({
        row,
        id,
        model: speaker,
        cause,
        verdict,
        rules: [],
        matched: [],
        supersedes: undefined,
        degraded,
      });
    }
    const reasons = await explainBatch(lease, emitted, features);
    const own = { ...versions, normsOf: () => lease.norms };
    return composeDecisions(emitted, reasons, scores, enriched, batch, own, 'shadow');
  }

  /** Whether the challenger thought otherwise of the account before. */
  #isNews(sha256: string, subject: string, action: Action): boolean {
    const key = `${sha256} ${subject}`;
    const before = this.#minds.get(key) ?? 'allow';
    this.#minds.delete(key);
    if (action !== 'allow') this.#minds.set(key, action);
    if (this.#minds.size > accountsMax) this.#minds.delete(this.#minds.keys().next().value!);
    return action !== before;
  }
}

/** What the canary said of its accounts' events beside the champion. */
function ofCanary({ champion, championMs, canary }: PanelScores, rows: number, thresholds: Thresholds): Comparison {
  const { model, rows: own, scores, tookMs } = canary!;
  return {
    role: 'canary',
    model,
    rows: scores === null ? 0 : own.length,
    skipped: 0,
    failed: scores === null,
    tookMs,
    championMs: rows === 0 ? 0 : (championMs * own.length) / rows,
    ...compare(champion!, thresholds, scores, thresholds, own),
  };
}

function compare(
  champion: Float32Array,
  championThresholds: Thresholds,
  other: Float32Array | null,
  otherThresholds: Thresholds,
  rows: readonly number[],
): Pick<Comparison, 'agreement' | 'shiftSum'> {
  const same = other === null ? [] : rows;
  return compareScores(
    Float32Array.from(same, (row) => champion[row]!),
    championThresholds,
    Float32Array.from(same, (row) => other![row]!),
    otherThresholds,
  );
}
