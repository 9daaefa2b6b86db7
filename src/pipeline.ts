import assert from 'node:assert/strict';
import { inForceAt, nothingOrdered, type Control } from './domain/control.ts';
import type { Decision, Degradation, ModelRole } from './domain/decision.ts';
import { isScored } from './domain/event.ts';
import { ownVerdictsTopic } from './domain/topics.ts';
import type { EntityKeyHasher } from './features/entity-key.ts';
import { extractFeatures } from './features/extract.ts';
import type { EventFacts } from './features/facts.ts';
import { FeatureMatrices } from './features/feature-matrices.ts';
import { knownAccounts } from './features/known-account.ts';
import { Observer } from './features/observe.ts';
import type { Reference } from './features/reference.ts';
import type { Norms } from './features/norms/norms.ts';
import { snapshotColumnCount } from './features/state.ts';
import type { ListMatcher } from './lists/match.ts';
import type { Governor } from './policy/governor/governor.ts';
import type { Policy } from './policy/policy.ts';
import type { GroupFinder } from './group-ports.ts';
import type { Clock, LegalHolds, OutgoingRecord, Output, Position, RecordBatch } from './ports.ts';
import { BlockAllowance } from './scoring/block-allowance.ts';
import type { DriftWatch } from './scoring/drift.ts';
import type { OwnNorms } from './scoring/own-norms.ts';
import type { Panel, PanelLease } from './scoring/panel.ts';
import type { Judged } from './scoring/rollback.ts';
import { scoreTerms } from './scoring/score-terms.ts';
import { AccountTurns } from './steps/account-turns.ts';
import type { ClockWatch } from './steps/clock-watch.ts';
import { composeDecisions, decisionRecord, hopsOf } from './steps/compose-decisions.ts';
import { decideBatch, type Emission, type Judgement } from './steps/decide-batch.ts';
import { decodeBatch } from './steps/decode-batch.ts';
import { enrichBatch } from './steps/enrich-batch.ts';
import { explainBatch } from './steps/explain-batch.ts';
import { recordOfModel } from './steps/govern.ts';
import type { GovernorShare } from './steps/governor-share.ts';
import { findGroups, verdictRecord } from './steps/find-groups.ts';
import { findOneSided } from './steps/find-one-sided.ts';
import { ErasureStep } from './steps/erasure-step.ts';
import { hitsByList, listBatch } from './steps/list-batch.ts';
import { observeBatch } from './steps/observe-batch.ts';
import { withoutOvertaken } from './steps/overtaken.ts';
import { reportBatch } from './steps/report-batch.ts';
import { rowsToScore } from './steps/rows-to-decide.ts';
import { scorePanel } from './steps/score-panel.ts';
import { Shadow, type ShadowOptions } from './steps/shadow-batch.ts';
import { samplerFor } from './steps/sampler.ts';
import { isTold, outcomesOf, standingsAfter, type Outcome } from './steps/outcome.ts';
import { StepTimer } from './steps/step-timer.ts';
import type { TimeBounds } from './steps/time-bounds.ts';
import type { StoreGuard } from './store-guard.ts';
import type { BatchReport, Telemetry } from './telemetry.ts';
import { UnsettledOutcomes } from './unsettled-outcomes.ts';

/** All that the path needs of the world. */
export interface PipelineParts {
  readonly hasher: EntityKeyHasher;
  readonly reference: Reference;
  /** Whether part of the reference data could not be loaded: every decision then says `enrichment`. */
  readonly isReferencePartial: boolean;
  /** The one topic that labels may come by; absent where they may come by any. */
  readonly labelsTopic?: string | undefined;
  /** The topic of verdicts; absent where none is named: each process then decides what it found itself. */
  readonly verdictsTopic?: string | undefined;
  /** Finds accounts that one hand made alike; absent where nobody looks for groups. */
  readonly groups?: GroupFinder | undefined;
  /** Takes what was found by a batch, once that is settled, where no topic of verdicts is named. */
  readonly ownVerdicts?: { add(outcomes: readonly Outcome[]): void };
  readonly store: StoreGuard;
  /** Knows whose account may not be forgotten yet; lies where the store does. */
  readonly legalHolds: LegalHolds;
  /** Whose turn it is, and what was not settled: for whoever forgets accounts beside the path (`ErasuresAfterHolds`). Of its own, unless given. */
  readonly turns?: AccountTurns;
  readonly unsettled?: UnsettledOutcomes;
  readonly panel: Panel;
  /** What challengers may cost; absent where none is ever seated. */
  readonly shadow?: ShadowOptions;
  /** What is usual on this platform; null where it has not been calibrated. Asked once a batch. */
  readonly norms: () => Norms | null;
  /** Holds what comes against the norms. */
  readonly drift: DriftWatch;
  /** Gathers what is usual here, to be adopted as norms; absent where nobody would. */
  readonly ownNorms?: Pick<OwnNorms, 'take'>;
  /** The policy in force; asked once a batch. */
  readonly policy: () => Policy;
  /** Holds causes that block too many; absent where nobody counts. */
  readonly governor?: Governor;
  /** Counts what the score alone blocks within a day; begins anew with this path, unless given. */
  readonly allowance?: BlockAllowance;
  /** Lets members count alike; absent where this one counts alone. */
  readonly governorShare?: GovernorShare | undefined;
  /** What people have ordered; asked once a batch. Nothing, unless given. */
  readonly control?: () => Control;
  /** The lists in force, or null where they have no entry; asked once a batch. None, unless given. */
  readonly lists?: () => ListMatcher | null;
  readonly output: Output;
  readonly emit: Emission;
  /** What the events' times are held against. */
  readonly timeBounds: TimeBounds;
  /** Doubts the clock; absent where no event is held against it. */
  readonly clockWatch?: ClockWatch;
  /**
   * What decisions are dated by: the clock, or, in a replay, the events themselves, so that the same input gives the same bytes
   * on every day.
   */
  readonly dating: 'clock' | 'event';
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Takes challengers' decisions. Whether they get anywhere is nothing that an event waits for. */
  readonly onShadow?: (decisions: readonly OutgoingRecord[]) => void;
  /** Sees each event that is judged, told or not: for commands that summarise. */
  readonly onJudged?: (facts: EventFacts, judgement: Judgement) => void;
  /** Sees what was decided about a batch, before it is sent: for commands that summarise. */
  readonly onDecided?: (facts: readonly EventFacts[], decisions: readonly Decision[]) => void;
}

/**
 * Takes one batch through the whole path. `signal` asks it to give up what it waits for: it then rejects. `onDecided` is called when all is
 * decided, and nothing is left but to send and to settle; never of a batch whose verdicts on groups are to be decided by this process.
 */
export type Pipeline = (batch: RecordBatch, signal: AbortSignal, onDecided?: () => void) => Promise<BatchReport>;

/**
 * The path: decode, enrich, observe, extract, score, decide, restrain, send, settle.
 *
 * It resolves only when every record of the batch is a delivered decision, a considered silence, or a delivered dead letter:
 * then, and only then, may the caller commit. It rejects when a record could not be given its fate; then the batch is
 * to be taken again, in whatever batches its records come. History counts each event once, by the store's watermark. Each record
 * has one outcome: what is settled is passed over; what this process decided and did not settle is sent as it was decided; what
 * another process observed and perhaps delivered is decided anew, and marked. Calls for different partitions may overlap; calls
 * for one partition must not. Challengers are asked once a batch has its fate.
 *
 * What groups of accounts came to by a batch is part of its outcome: it is on its way to the accounts' owners before the batch is settled.
 */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { store, output, clock, telemetry } = parts;
  const observer = new Observer(parts.hasher);
  const shadow = parts.shadow === undefined ? null : new Shadow(parts.shadow);
  const allowance = parts.allowance ?? new BlockAllowance();
  const { unsettled = new UnsettledOutcomes(), turns = new AccountTurns() } = parts;
  const matrices = new FeatureMatrices();
  const erasures = new ErasureStep({ ...parts, unsettled });
  const { groups, ownVerdicts } = parts;
  const hasOneWay = (parts.verdictsTopic === undefined) !== (ownVerdicts === undefined);
  assert(groups === undefined || hasOneWay, 'what is found goes to the topic, or stays in the process');
  const ownTopics = { labels: parts.labelsTopic ?? null, verdicts: parts.verdictsTopic ?? ownVerdictsTopic };

  return async (batch, signal, onDecided) => {
    const timer = new StepTimer(clock);
    const policy = parts.policy();
    const platform = parts.norms();
    const lists = parts.lists?.() ?? null;
    const panel = parts.panel.lease(platform);
    const { champion, canary } = panel;
    const terms = scoreTerms(platform, champion.norms, champion.reference, allowance, parts.drift.isDrifted);
    const canaryTerms =
      canary && scoreTerms(platform, canary.lease.norms, canary.lease.reference, allowance, parts.drift.isDrifted);
    let endTurn: (() => void) | undefined;
    try {
      const nowMs = clock.nowMs();
      const control = inForceAt(parts.control?.() ?? nothingOrdered, nowMs);
      const { topic, partition } = batch;
      parts.clockWatch?.check(batch, nowMs);
      const decoded = decodeBatch(batch, nowMs, parts.timeBounds, ownTopics);
      timer.end('decode');

      const read = enrichBatch(decoded, parts.reference);
      timer.end('enrich');

      // What people and groups say is not decided without knowing what stands, and is not lost for history: it waits for the store.
      const mayDegrade = !read.facts.some(({ event }) => !isScored(event.type));
      endTurn = await turns.begin(read.facts, !mayDegrade, signal);
      const erasing = await erasures.of(batch, read, nowMs, signal);
      const { enriched } = erasing;
      const { facts, pastOffsets } = enriched;
      const rows = facts.length;

      // What is past was held to bounds of its own, however far the history has come by other partitions.
      const behindMsMax = pastOffsets.size > 0 ? Infinity : parts.timeBounds.behindMsMax;
      const bounds = behindMsMax === undefined ? {} : { behindMsMax };
      const observations = observeBatch(observer, batch, enriched, bounds, erasing.rows);
      const looking = store.observe(observations, signal, { mayDegrade });
      const snapshots = await (parts.governorShare?.along(looking) ?? looking);
      // What the store says, or what this process remembers where it does not answer.
      const settledOffset = store.settledOffset(batch);
      erasures.observed(batch, erasing, observations);
      const known = withoutOvertaken(unsettled.recall(batch), observations, snapshots?.standings ?? null, parts.emit);
      if (snapshots?.formerOffset !== undefined)
        telemetry.partitionRemade(topic, partition, snapshots.formerOffset + 1, batch.records[0]?.offset ?? 0);
      // Once: what this batch settles, the store then knows.
      if (snapshots !== null && settledOffset === -1 && goesOn(batch))
        telemetry.historyUnknown(batch.topic, batch.partition);
      timer.end('observe');

      using matrix = matrices.lend(rows);
      const { features } = matrix;
      const values = snapshots?.values ?? new Float64Array(rows * snapshotColumnCount).fill(NaN);
      extractFeatures(facts, values, features);
      const accounts = knownAccounts(facts, values);
      snapshots?.release();
      const listsNowMs = parts.dating === 'clock' ? nowMs : null;
      const listed = lists === null ? undefined : listBatch(lists, facts, features, listsNowMs);
      timer.end('extract');

      const decidable = { facts, observations, fates: snapshots?.fates ?? null, settledOffset, known, pastOffsets };
      const asked = rowsToScore(decidable);
      const scored = await scorePanel(panel, features, facts, asked, clock);
      const { scores, ballot } = scored;
      const drift = parts.drift.take(platform, champion.reference.sha256, observations, features, scores);
      if (drift !== null) telemetry.driftMeasured(drift);
      const { reference, norms: used } = champion;
      const gathered = parts.ownNorms?.take(reference, platform, used, observations, features, scores) ?? null;
      if (gathered !== null) telemetry.normsGathered(gathered);
      timer.end('score');

      const degraded: Degradation[] = [];
      if (snapshots === null) degraded.push('store');
      if (scores === null) degraded.push('model');
      if (parts.isReferencePartial) degraded.push('enrichment');
      const oneSided = await findOneSided(scored, features, scores, policy.thresholds);
      // Each row is decided and restrained in turn: the next event of an account is held against what is left.
      const decided = decideBatch({
        ...decidable,
        features,
        scores,
        standings: snapshots?.standings ?? null,
        oneSided,
        scoreTerms: { holdOf: (score, role) => ((role === 'canary' && canaryTerms) || terms).holdOf(score) },
        allowance,
        ...(parts.governor === undefined
          ? {}
          : { governing: { governor: parts.governor, overrides: control.overrides } }),
        isKilled: control.killSwitch !== null,
        normsOf: (role) => normsOf(panel, role),
        policy,
        ballot,
        listed,
        onJudged: parts.onJudged && ((row, judgement) => parts.onJudged!(facts[row]!, judgement)),
        sampler: samplerFor(policy.samples, parts.hasher),
        lookup: lists === null ? undefined : (row) => lists.lookup(facts[row]!, listsNowMs ?? facts[row]!.event.timeMs),
        degraded,
        emit: parts.emit,
      });
      const { emitted, changes, repeats, expired, overturned, ruleCounts } = decided;
      const reasons = await explainBatch(scored, emitted, features);
      const versions = {
        policy: { version: policy.version, sha256: policy.sha256 },
        normsOf: (role: ModelRole) => normsOf(panel, role),
        nowMs: parts.dating === 'clock' ? clock.nowMs() : null,
        accountOf: (row: number) => accounts[row]!,
      };
      const decisions = composeDecisions(emitted, reasons, scores, enriched, batch, versions);
      parts.onDecided?.(facts, decisions);
      const found =
        groups === undefined || snapshots === null
          ? null
          : await store.ask(
              batch,
              () => findGroups(groups, { ...decidable, ...snapshots, changes, features, scores }, signal),
              signal,
              // Whom people let go, and who is to be forgotten, is let go and forgotten by groups too.
              { mayDegrade },
            );
      // What was decided without knowing what stood must not replace it, should the store be back by now.
      const standing = snapshots === null ? [] : changes;
      const byRow = decisions.map((decision, index) => ({ row: emitted[index]!.row, decision }));
      const outcomes = outcomesOf(batch, enriched, byRow, standing, found?.verdicts ?? [], known, settledOffset);
      unsettled.keep(batch, outcomes);
      // What groups came to, where it stays in the process, is decided before this batch is done.
      if (ownVerdicts === undefined || outcomes.every(({ verdicts }) => verdicts.length === 0)) onDecided?.();
      timer.end('decide');

      // Before the offset that the group had committed all was delivered: it came again for history alone.
      const due = outcomes.filter(({ offset }) => offset >= (batch.committedOffset ?? 0));
      const spoken = due.filter(isTold);
      const deadLetters = spoken.flatMap(({ deadLetter }) => deadLetter?.record ?? []);
      const hops = hopsOf(batch);
      const decisionsDue = spoken.flatMap(({ decision, offset }) =>
        decision === null ? [] : decisionRecord(decision, { topic, partition, offset }, hops.get(offset)),
      );
      // Before anybody acts on a block: what a member that dies here delivered, the others have counted.
      await parts.governorShare?.tell();
      // Dead letters first: a batch whose dead letters are refused comes again, and its decisions would each time.
      if (deadLetters.length > 0) await output.send('deadLetters', deadLetters, signal);
      if (decisionsDue.length > 0) await output.send('decisions', decisionsDue, signal);
      // Also those of records that had been delivered: what these found then may be another of the group's records to find now.
      const verdictsDue = ownVerdicts === undefined ? verdictsOf(outcomes, batch) : [];
      if (verdictsDue.length > 0) await output.send('verdicts', verdictsDue, signal);
      timer.end('send');

      const position = endOf(batch);
      if (position !== null) {
        await store.settle(position, standingsAfter(outcomes, observations), signal, { mayDegrade });
        unsettled.settle(position);
        ownVerdicts?.add(outcomes);
        // Only now: what comes again before that is to find them again.
        if (found !== null && found.verdicts.length > 0) await store.ask(batch, () => found.delivered(), signal);
        await erasures.settled(batch, erasing, signal);
      }
      endTurn();
      timer.end('settle');

      if (shadow !== null) {
        const told = { panel, scored, batch, enriched, features, rows: asked, policy, versions, degraded };
        const { comparisons, decisions: shadowed } = await shadow.ask({
          ...told,
          watched: decided.watched,
          emit: parts.emit,
        });
        if (shadowed.length > 0)
          parts.onShadow?.(shadowed.map((decision) => decisionRecord(decision, decision.trigger!)));
        for (const comparison of comparisons) {
          telemetry.modelsCompared(comparison);
          if (comparison.role === 'canary')
            await parts.panel.watch(comparison, asked.length, judgedBy(parts.governor, panel, policy));
        }
      }

      const { stepMs } = timer;
      const { fates } = decidable;
      const report = reportBatch({
        batch,
        enriched,
        due,
        fates,
        rules: ruleCounts,
        expired,
        overturned,
        scores,
        degraded: repeats > 0 ? [...degraded, 'repeat'] : degraded,
        scoreHeldBy: terms.heldBy ?? null,
        stepMs,
        nowMs: clock.nowMs(),
      });
      telemetry.batchDone(report);
      if (listed !== undefined && listed.size > 0) telemetry.listsHit(hitsByList(listed));
      telemetry.governorMeasured(parts.governor?.tripped().length ?? 0, control.killSwitch !== null);
      return report;
    } finally {
      endTurn?.();
      await panel.end();
    }
  };
}

/** What groups came to by a batch, as records. */
function verdictsOf(outcomes: readonly Outcome[], { topic, partition }: RecordBatch): readonly OutgoingRecord[] {
  return outcomes
    .filter(isTold)
    .flatMap(({ verdicts, offset }) => verdicts.map((verdict) => verdictRecord(verdict, { topic, partition, offset })));
}

/** Whether the group had committed all that is before a batch, and something. */
function goesOn({ records, committedOffset = 0 }: RecordBatch): boolean {
  return committedOffset > 0 && (records[0]?.offset ?? -1) >= committedOffset;
}

/** What champion and canary blocked and people overturned; null without a canary, or where nobody counts. */
function judgedBy(governor: Governor | undefined, { champion, canary }: PanelLease, policy: Policy): Judged | null {
  if (governor === undefined || canary === null) return null;
  const [first, second] = [champion, canary.lease].map(({ reference }) => recordOfModel(governor, reference, policy));
  return { champion: first!, canary: second! };
}

/** The norms that a model of the panel is used with. */
function normsOf({ champion, canary }: PanelLease, role: ModelRole): Norms | null {
  return role === 'canary' && canary !== null ? canary.lease.norms : champion.norms;
}

/** The last record of a batch; null where it has none. */
function endOf({ topic, partition, records }: RecordBatch): Position | null {
  const last = records.at(-1);
  return last === undefined ? null : { topic, partition, offset: last.offset };
}
