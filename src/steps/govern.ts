import type { GovernorOverride } from '../domain/control.ts';
import type { ModelReference } from '../domain/decision.ts';
import type { GroupVerdictData } from '../domain/event.ts';
import type { BlockRecord } from '../domain/governor.ts';
import type { ListEntry } from '../domain/list-entry.ts';
import { denyingEntry, type Listed } from '../domain/listed.ts';
import type { EventFacts } from '../features/facts.ts';
import { accountKeyAt, type ObservationBatch } from '../features/observation.ts';
import type { Verdict } from '../policy/decide.ts';
import type { BlockCause } from '../policy/governor/block-cause.ts';
import type { Governor } from '../policy/governor/governor.ts';
import type { HeldIn } from '../policy/governor/trip.ts';
import type { Policy, Rule } from '../policy/policy.ts';
import type { Governed } from '../policy/restraint/restraint.ts';
import type { Speaker } from '../scoring/ballot.ts';
import { segmentsOf } from './segments-of.ts';

/** The governor, and what people have ordered it, as one batch has them. */
export interface GovernorLease {
  readonly governor: Governor;
  readonly overrides: readonly GovernorOverride[];
}

/** An event of a batch, by whose entity keys the governor knows its account. */
export interface GovernedEvent {
  readonly facts: EventFacts;
  readonly observations: Pick<ObservationBatch, 'keys'>;
  readonly row: number;
  /** The account goes, by this event. */
  readonly isErased: boolean;
}

/** By what a group asks for a block of an account. */
type FoundBy = Pick<GroupVerdictData, 'kinds' | 'terms'>;

/** Made when it is asked for, which it is of few events. */
function accountOf({ observations: { keys }, row }: GovernedEvent): string {
  const key = accountKeyAt(row);
  return `${keys[key]}:${keys[key + 1]}`;
}

/** Tells the governor of an event. */
export function seen({ governor }: GovernorLease, governed: GovernedEvent): void {
  const { facts, isErased } = governed;
  const { event } = facts;
  governor.saw(event.timeMs);
  if (facts.signup !== undefined) governor.sawSignup(segmentsOf(facts));
  else if (event.type === 'account.labelled' && event.data.label === 'genuine')
    governor.overturned(accountOf(governed));
  else if (isErased) governor.forget(accountOf(governed));
}

/** What the governor holds of those that ask for a block of an account; undefined where nobody asks, or it holds nothing. */
export function governedOf(
  { governor, overrides }: GovernorLease,
  governed: GovernedEvent,
  score: number | null,
  fired: readonly Rule[],
  policy: Policy,
  speaker: Speaker,
  listed?: Listed,
): Governed | undefined {
  const doesScoreBlock = score !== null && score >= policy.thresholds.block;
  const denying = listed && denyingEntry(listed);
  if (!doesScoreBlock && denying === undefined && !fired.some(isBlocking)) return undefined;
  const blocking = fired.filter(isBlocking);
  const segments = segmentsOf(governed.facts);
  const account = accountOf(governed);
  const held = (cause: BlockCause): string | undefined => {
    const where = governor.heldIn(cause, account, segments, overrides);
    return where === null ? undefined : nameOfHold(cause, where);
  };
  const scoreHeld = doesScoreBlock ? held(causeOfModel(speaker, policy)) : undefined;
  const rulesHeld = blocking.map((rule) => held(causeOfRule(rule)));
  const areHeld = rulesHeld.length > 0 && rulesHeld.every((by) => by !== undefined);
  const listHeld = denying && held(causeOfList(denying));
  if (scoreHeld === undefined && !areHeld && listHeld === undefined) return undefined;
  return {
    score: scoreHeld,
    rules: areHeld ? rulesHeld : null,
    ...(listHeld === undefined ? {} : { list: listHeld }),
  };
}

/** What the governor holds of a group that asks for a block of an account: it needs all kinds of its ties, so each may hold it. */
export function governedByGroup(
  { governor, overrides }: GovernorLease,
  governed: GovernedEvent,
  found: FoundBy,
): Governed | undefined {
  const segments = segmentsOf(governed.facts);
  const account = accountOf(governed);
  const group = causesOfGroup(found).flatMap((cause) => {
    const where = governor.heldIn(cause, account, segments, overrides);
    return where === null ? [] : [nameOfHold(cause, where)];
  });
  return group.length === 0 ? undefined : { score: undefined, rules: null, group };
}

/** Tells the governor that an account was blocked for its group which was not before. */
export function blockedByGroup({ governor, overrides }: GovernorLease, governed: GovernedEvent, found: FoundBy): void {
  governor.blocked(causesOfGroup(found), accountOf(governed), segmentsOf(governed.facts), overrides);
}

/** Tells the governor that an account was blocked which was not before. */
export function blocked(
  { governor, overrides }: GovernorLease,
  governed: GovernedEvent,
  { scoreAction, decisiveRules, deniedBy }: Verdict,
  policy: Policy,
  speaker: Speaker,
): void {
  const causes = decisiveRules.map(causeOfRule);
  if (scoreAction === 'block') causes.push(causeOfModel(speaker, policy));
  if (deniedBy !== undefined) causes.push(causeOfList(deniedBy));
  governor.blocked(causes, accountOf(governed), segmentsOf(governed.facts), overrides);
}

/** As decisions name it. */
function nameOfHold({ name }: BlockCause, { segment, isOnProbation }: HeldIn): string {
  return `governor:${name}:${segment}${isOnProbation ? ':probation' : ''}`;
}

/** What the score of a model blocked, and people overturned, within a week. */
export function recordOfModel(governor: Governor, speaker: ModelReference, policy: Policy): BlockRecord {
  return governor.recordOf(causeOfModel(speaker, policy));
}

function isBlocking({ mode, action }: Rule): boolean {
  return mode === 'enforce' && action === 'block';
}

function causeOfRule({ id, version, definition }: Rule): BlockCause {
  return { name: `rule:${id}`, key: `${id}@${version} ${definition}` };
}

/**
 * A kind of tie is one cause, whatever groups it holds together: a picture that an app gives everybody is what goes wrong. A policy that
 * takes others for a group makes it another one, which is on probation again; what was found by one counts under it, whatever is in force by then.
 */
function causesOfGroup({ kinds, terms = '' }: FoundBy): BlockCause[] {
  return kinds.map((kind) => ({ name: `group:${kind}`, key: `group:${kind} ${terms}` }));
}

/** A list is one cause, however many entries it has: an import of thousands is what goes wrong. */
function causeOfList({ list }: ListEntry): BlockCause {
  return { name: `list:${list}`, key: `list:${list}` };
}

/** A model that blocks from another score on is another cause. */
function causeOfModel({ name, version, sha256 }: ModelReference, { thresholds }: Policy): BlockCause {
  return { name: `model:${name}`, key: `${name}@${version} ${sha256} ${thresholds.block}` };
}
