import assert from 'node:assert/strict';
import {
  strengthOf,
  type Action,
  type Cause,
  type Degradation,
  type MatchedRule,
  type Mode,
  type ModelRole,
  type Reason,
} from '../domain/decision.ts';
import type { AccountEvent } from '../domain/event.ts';
import { withEntry, type Listed, type ListLookup } from '../domain/listed.ts';
import type { Standing, Word } from '../domain/standing.ts';
import { featureColumn } from '../features/catalogue.ts';
import { featureCount } from '../features/extract.ts';
import { accountKeyAt, type ObservationBatch } from '../features/observation.ts';
import { lastsBy } from '../policy/claim.ts';
import { decide, type Evidence, type Verdict } from '../policy/decide.ts';
import { evaluateRules, heeded } from '../policy/evaluate.ts';
import type { Policy, Rule } from '../policy/policy.ts';
import { observationFates, type StandingChange } from '../ports.ts';
import type { Ballot, Speaker } from '../scoring/ballot.ts';
import type { BlockAllowance } from '../scoring/block-allowance.ts';
import { isEstablished } from '../scoring/one-group.ts';
import type { ScoreTerms } from '../scoring/score-terms.ts';
import { decisionId } from '../wire/decision-id.ts';
import { decideLabel, standingOfPast, type DecidedWord } from './decide-label.ts';
import { causeOfEntry, entryOfEvent } from './listed-event.ts';
import type { ListedRows } from './list-batch.ts';
import type { OneSided } from './find-one-sided.ts';
import { decideVerdict, type VerdictEvent } from './decide-verdict.ts';
import {
  blocked,
  blockedByGroup,
  governedByGroup,
  governedOf,
  seen,
  type GovernedEvent,
  type GovernorLease,
} from './govern.ts';
import type { RowChange } from './outcome.ts';
import type { Sampler } from './sampler.ts';
import { watchRules, type WatchedVerdict } from './watched-rules.ts';
import { isOver, isPast, isToDecide, type DecidableBatch } from './rows-to-decide.ts';

/** Which decisions are sent: every event's (`all`), or changes to these actions. A change of what stands is always sent. */
export type Emission = 'all' | ReadonlySet<Action>;

export interface DecideInput extends DecidableBatch {
  readonly features: Float32Array;
  /** Of each row that is to be decided; null when no model spoke. */
  readonly scores: Float32Array | null;
  /** What stood for each event's account before the batch; null when the store did not answer. */
  readonly standings: readonly (Standing | undefined)[] | null;
  /** By row, the one group of features that its block rests on. */
  readonly oneSided?: OneSided;
  /** On which terms the score alone may block, and what it uses up; absent where it may without bound. */
  readonly scoreTerms?: { holdOf(score: number, role: ModelRole): ReturnType<ScoreTerms['holdOf']> };
  readonly allowance?: BlockAllowance;
  /** Holds causes that block too many; absent where nobody counts. */
  readonly governing?: GovernorLease;
  /** Whether a person has ordered that nothing blocks by itself. */
  readonly isKilled?: boolean;
  /** Of the norms that spoke; null for none. */
  readonly normsOf?: (role: ModelRole) => { readonly sha256: string } | null;
  readonly policy: Policy;
  /** Which model speaks for which account. */
  readonly ballot: Ballot;
  /** By row, the entries of lists that hold for its event; absent where there are no lists. */
  readonly listed?: ListedRows | undefined;
  /** Sees each event that is judged: for commands that summarise. */
  readonly onJudged?: ((row: number, judgement: Judgement) => void) | undefined;
  /** Draws accounts at random; absent where nobody is drawn. */
  readonly sampler?: Sampler | undefined;
  /** What conditions ask of the lists, by row; absent where there are none. */
  readonly lookup?: ((row: number) => ListLookup) | undefined;
  /** What was missing for all of them. */
  readonly degraded: readonly Degradation[];
  readonly emit: Emission;
}

/** What was judged of an event, whether or not it is told. */
export interface Judgement {
  /** Null where no model spoke. */
  readonly score: number | null;
  /** Rules that fired, shadow ones too, and those of them that the score let act. */
  readonly fired: readonly Rule[];
  readonly heeded: readonly Rule[];
  readonly verdict: Verdict;
  readonly thresholds: Policy['thresholds'];
  readonly listed: Listed | undefined;
}

/** A verdict that is to be sent. */
export interface EmittedVerdict {
  readonly row: number;
  readonly id: string;
  /** The one that spoke for the account. */
  readonly model: Speaker;
  readonly cause: Cause;
  readonly verdict: Verdict;
  /** Those that asked for the action. */
  readonly rules: readonly Rule[];
  /** Other rules that fired. */
  readonly matched: readonly MatchedRule[];
  /** Where they are not made of score and rules. */
  readonly reasons?: readonly Reason[];
  readonly supersedes: string | undefined;
  /** The group that spoke; absent where none did. */
  readonly cohort?: string;
  /** The entries of lists that hold for the event. */
  readonly listed?: Listed;
  /** What was missing. */
  readonly degraded: readonly Degradation[];
}

/** A row that shadow rules would have decided otherwise. */
export interface WatchedRow extends WatchedVerdict {
  readonly row: number;
  /** The one that spoke for the account. */
  readonly model: Speaker;
}

export interface DecidedBatch {
  readonly emitted: readonly EmittedVerdict[];
  /** In the order of rows; a later one of an account replaces an earlier one. */
  readonly changes: readonly RowChange[];
  /** Events that history had counted before, and that are decided now: marked, for it may know what came after them. */
  readonly repeats: number;
  /** What a weaker result replaced once its time was over, and nobody had looked: accounts by the action. */
  readonly expired: Readonly<Partial<Record<Action, number>>>;
  /** What people weakened that a machine had brought: accounts by the action. */
  readonly overturned: Readonly<Partial<Record<Action, number>>>;
  /** What shadow rules would have made of some rows. */
  readonly watched: readonly WatchedRow[];
  readonly ruleCounts: readonly { readonly id: string; readonly mode: Mode; readonly count: number }[];
}

const eventsOfDay = featureColumn('account_events_24h')!;
const replayed = observationFates.indexOf('replayed');
const eventCause: Cause = Object.freeze({ kind: 'event' });
const noneMissing: readonly Degradation[] = Object.freeze([]);
const noRules: readonly Rule[] = Object.freeze([]);
const noMatches: readonly MatchedRule[] = Object.freeze([]);
const byNoRule = { rules: noRules, matched: noMatches };

/**
 * Decides about each event, restrained, in order; a later event of an account sees what an earlier one of the same batch
 * decided.
 */
export function decideBatch(input: DecideInput): DecidedBatch {
  const { facts, observations, features, scores, policy, ballot, emit, governing } = input;
  assertWhole(input);
  const emitted: EmittedVerdict[] = [];
  const changes: RowChange[] = [];
  const watched: WatchedRow[] = [];
  const changed = new Map<string, StandingChange>();
  const repeatDegraded: readonly Degradation[] = [...input.degraded, 'repeat'];
  let repeats = 0;
  const fires = new Map<Rule, number>();
  const expired: Partial<Record<Action, number>> = {};
  const overturned: Partial<Record<Action, number>> = {};
  const idOf = (event: AccountEvent, { sha256, role }: Speaker): string =>
    decisionId(event, sha256, input.normsOf?.(role)?.sha256 ?? null, policy.sha256, 'enforce');
  const stand = (row: number, next: Standing): void => {
    const change = changeOf(observations, row, next);
    changed.set(facts[row]!.event.subject, change);
    changes.push(change);
  };
  for (let row = 0; row < facts.length; row++) {
    const { event } = facts[row]!;
    // What people said before decisions began holds, and is told to nobody: the platform has acted on it.
    if (event.type === 'account.labelled' && isPast(input, row)) {
      const standing = changed.get(event.subject)?.standing ?? input.standings?.[row];
      const held = standingOfPast(event, standing, policy);
      if (held !== null) stand(row, held);
    }
    if (isOver(input, row)) continue;
    const known = input.known.get(observations.offsets[row]!);
    // Nothing supersedes what was decided about an account before it was forgotten.
    const isErased = observations.erases[row] === 1;
    if (isErased) changed.delete(event.subject);
    if (known?.change) changed.set(event.subject, known.change);
    const governedEvent = { facts: facts[row]!, observations, row, isErased };
    if (governing !== undefined && known === undefined) seen(governing, governedEvent);
    if (!isToDecide(input, row)) continue;
    const standing = changed.get(event.subject)?.standing ?? input.standings?.[row];
    const model = ballot(event.subject);
    if (event.type === 'account.labelled' || event.type === 'account.group_verdict') {
      const said =
        event.type === 'account.group_verdict'
          ? decideMember(input, row, event, standing, governedEvent)
          : decideLabel(event, standing, policy);
      if (said === null) continue;
      const { isChange, standing: next, ...verdict } = said;
      if (event.type === 'account.labelled' && endsUnseen(said.verdict, standing))
        overturned[standing!.action] = (overturned[standing!.action] ?? 0) + 1;
      const id = idOf(event, model);
      const isTold = isChange || emit === 'all' || said.verdict.sample !== undefined;
      if (isTold) emitted.push({ row, id, model, ...verdict, ...byNoRule, degraded: noneMissing });
      if (next !== null) stand(row, { ...next, decisionId: isChange ? id : (standing?.decisionId ?? null) });
      continue;
    }
    const entry = event.type === 'account.listed' ? entryOfEvent(event) : undefined;
    const isRepeat = entry === undefined && input.fates?.[row] === replayed;
    if (isRepeat) repeats++;
    // What people say in a list needs neither a model nor the past.
    const degraded = entry !== undefined ? noneMissing : isRepeat ? repeatDegraded : input.degraded;
    const fired = evaluateRules(policy, event, features, row * featureCount, input.lookup?.(row));
    for (const rule of fired) fires.set(rule, (fires.get(rule) ?? 0) + 1);
    const score = scores === null || entry !== undefined ? null : scores[row]!;
    const carriedBy = input.oneSided?.get(row);
    // A repeat was counted by whoever observed it.
    const isFirstOfDay = !isRepeat && features[row * featureCount + eventsOfDay] === 1;
    if (entry === undefined) input.allowance?.saw(event.timeMs, isFirstOfDay);
    const asking = heeded(fired, score);
    const scoreHeldBy = score === null ? undefined : input.scoreTerms?.holdOf(score, model.role);
    const found = input.listed?.get(row);
    const listed = entry === undefined ? found : withEntry(found, entry);
    const governed = governing && governedOf(governing, governedEvent, score, asking, policy, model, listed);
    const draw = entry === undefined ? input.sampler?.ofEvent(event, score, listed) : undefined;
    const evidence: Evidence = {
      score,
      fired: asking,
      standing,
      policy,
      scoreHeldBy,
      carriedBy,
      degraded,
      isKilled: input.isKilled ?? false,
      governed,
      listed,
      draw,
      nowMs: event.timeMs,
    };
    const verdict = decide(evidence);
    input.onJudged?.(row, { score, fired, heeded: asking, verdict, thresholds: policy.thresholds, listed });
    const inShadow = watchRules(evidence, verdict);
    if (inShadow !== undefined) watched.push({ row, model, ...inShadow });
    if (isBlockOfScore(verdict)) input.allowance?.blocked();
    if (governing !== undefined && verdict.changed && verdict.action === 'block')
      blocked(governing, governedEvent, verdict, policy, model);
    const stands = shallStand(verdict, standing, emit);
    if (!stands && confirms(verdict, standing))
      stand(row, ownOf(standing!, verdict.renewed ? event.timeMs : undefined));
    // Of who is in a sample all is told: its probability is the largest of those of its events.
    if (!stands && emit !== 'all' && verdict.sample === undefined) continue;
    const id = idOf(event, model);
    const rules = rulesOf(verdict);
    if (endsUnseen(verdict, standing)) expired[standing!.action] = (expired[standing!.action] ?? 0) + 1;
    // What does not change what stands replaces nothing; and a redelivered event does not replace its own decision.
    const supersedes = !stands || standing?.decisionId === id ? undefined : (standing?.decisionId ?? undefined);
    const matched = matchedOf(fired, rules);
    const cause = entry === undefined ? eventCause : causeOfEntry(entry);
    const byLists = listed === undefined ? {} : { listed };
    emitted.push({ row, id, model, cause, verdict, rules, matched, supersedes, degraded, ...byLists });
    if (stands) stand(row, standingOf(verdict.action, id, event.timeMs, standing?.word, policy));
  }
  const ruleCounts = Array.from(fires, ([{ id, mode }, count]) => ({ id, mode, count }));
  return { emitted, changes, repeats, expired, overturned, watched, ruleCounts };
}

/** What is missing of a row would read as a rule that does not fire, a score of nobody, or nothing that stands. */
function assertWhole({ facts, observations, features, scores, standings, fates }: DecideInput): void {
  const { length } = facts;
  assert(observations.count === length && features.length === length * featureCount, 'each event has its row');
  for (const column of [scores, standings, fates])
    assert(column === null || column.length === length, 'what is known of rows is known of each');
}

/** What an account's group says of it, held against all that may restrain it; what is not to be sent does not stand either. */
function decideMember(
  input: DecideInput,
  row: number,
  event: VerdictEvent,
  standing: Standing | undefined,
  governedEvent: GovernedEvent,
): DecidedWord | null {
  const { governing, policy, features, isKilled = false } = input;
  const said = decideVerdict(event, {
    standing,
    policy,
    isEstablished: isEstablished(features, row * featureCount),
    listed: input.listed?.get(row),
    isKilled,
    governed: governing && governedByGroup(governing, governedEvent, event.data),
    draw: input.sampler?.ofGroup(event),
  });
  if (said === null) return null;
  // Of who is in a sample all is told, whether or not it stands.
  const isSampled = said.verdict.sample !== undefined;
  if (said.isChange && !shallStand(said.verdict, standing, input.emit))
    return isSampled ? { ...said, isChange: false, standing: null } : null;
  if (governing !== undefined && said.isChange && said.verdict.action === 'block')
    blockedByGroup(governing, governedEvent, event.data);
  return said;
}

/** Whether the score alone has just blocked an account. */
function isBlockOfScore({ changed, action, decisiveRules, deniedBy }: Verdict): boolean {
  return changed && action === 'block' && decisiveRules.length === 0 && deniedBy === undefined;
}

/** The rules that asked for the action; none where it stood before, or is to do nothing. */
function rulesOf({ due, action, decisiveRules }: Verdict): readonly Rule[] {
  return due === action && action !== 'allow' ? decisiveRules : noRules;
}

function matchedOf(fired: readonly Rule[], rules: readonly Rule[]): readonly MatchedRule[] {
  if (fired.length === rules.length) return noMatches;
  const others = fired.filter((rule) => !rules.includes(rule));
  return others.map(({ id, version, mode }) => ({ id, version, isShadow: mode === 'shadow' }));
}

/** Whether something weaker replaces what stood, and no person has spoken since it did. */
function endsUnseen({ changed, action }: Verdict, standing: Standing | undefined): boolean {
  if (!changed || standing === undefined || strengthOf(action) >= strengthOf(standing.action)) return false;
  return standing.word === undefined || standing.word.saidMs < standing.sinceMs;
}

/** What a machine's action leaves: the word of a person goes on beside it. */
function standingOf(action: Action, id: string, sinceMs: number, word: Word | undefined, policy: Policy): Standing {
  const standing: Standing = { action, decisionId: id, sinceMs, ...lastsBy(action, word, policy) };
  return word === undefined ? standing : { ...standing, word };
}

/** Whether an event asks for what stands already, so that it goes on for longer, or no longer for its group's sake. */
function confirms({ renewed, changed, due, action }: Verdict, standing: Standing | undefined): boolean {
  return renewed || (!changed && due === action && action !== 'allow' && standing?.cohort !== undefined);
}

/** What stands, as the account's own: its group does not take it back. @param sinceMs when it came again; undefined where its time is as it was. */
function ownOf({ cohort: _cohort, ...standing }: Standing, sinceMs: number | undefined): Standing {
  return sinceMs === undefined ? standing : { ...standing, sinceMs };
}

/** What is to be settled for the account of a row. */
function changeOf({ keys }: ObservationBatch, row: number, standing: Standing): RowChange {
  const key = accountKeyAt(row);
  return { row, keyHigh: keys[key]!, keyLow: keys[key + 1]!, standing };
}

/** Whether the verdict becomes what stands for the account, and is sent for that. */
function shallStand({ action, changed }: Verdict, standing: Standing | undefined, emit: Emission): boolean {
  if (!changed) return standing === undefined && emit !== 'all' && emit.has(action);
  const isFirst = standing === undefined || standing.action === 'allow';
  return !isFirst || emit === 'all' || emit.has(action);
}
