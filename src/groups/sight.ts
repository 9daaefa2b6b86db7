import type { AccountKey, GroupSighting, WordOnMember } from '../domain/group-member.ts';
import type { GroupTerms, ProofOfPerson } from '../domain/group-terms.ts';
import type { Standing } from '../domain/standing.ts';
import { featureColumn } from '../features/catalogue.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import { featureCount } from '../features/extract.ts';
import type { EventFacts } from '../features/facts.ts';
import { accountKeyAt } from '../features/observation.ts';
import type { GroupBatch } from '../group-ports.ts';
import { tiesOf } from './ties.ts';

/** What a row of a batch shows. */
export interface RowSighting {
  readonly row: number;
  readonly sighting: GroupSighting;
}

const ageHours = featureColumn('account_age_h')!;
const residentsOfNetwork = featureColumn('network_residents_7d')!;
const hourMs = 3_600_000;

/** The account of a row, as history knows it. */
export function accountOf({ observations: { keys } }: GroupBatch, row: number): AccountKey {
  const key = accountKeyAt(row);
  return { keyHigh: keys[key]!, keyLow: keys[key + 1]! };
}

/**
 * What a batch shows of accounts, by row; of nearly all events nothing. An account is made by a signup and shows what it has; a profile
 * and a text show more; a proof, a label and a decision say something of an account that is known.
 */
export function sightingsOf(batch: GroupBatch, terms: GroupTerms, hasher: EntityKeyHasher): readonly RowSighting[] {
  if (terms.mode === 'off') return [];
  return batch.rows.flatMap((row) => {
    const sighting = sightingOf(batch, row, terms, hasher);
    return sighting === null ? [] : { row, sighting };
  });
}

function sightingOf(
  batch: GroupBatch,
  row: number,
  { edges }: GroupTerms,
  hasher: EntityKeyHasher,
): GroupSighting | null {
  const facts = batch.facts[row]!;
  const { event } = facts;
  const standing = batch.standings[row];
  const at = row * featureCount;
  const values = showsTies(facts) ? tiesOf(facts, edges, batch.features[at + residentsOfNetwork]!, hasher) : [];
  const proof = proofOf(facts);
  const isNews = proof !== null || isNew(standing, facts);
  if (values.length === 0 && !isNews) return null;
  const score = batch.scores?.[row] ?? NaN;
  return {
    ...accountOf(batch, row),
    subject: event.subject,
    timeMs: event.timeMs,
    values,
    createdMs: createdOf(facts, batch.features[at + ageHours]!),
    score: Number.isNaN(score) ? 0 : score,
    isActedOn: standing !== undefined && standing.action !== 'allow' && standing.cohort === undefined,
    proof,
    word: wordOf(standing),
    isNews,
  };
}

function showsTies({ event: { type } }: EventFacts): boolean {
  return type === 'account.signup' || type === 'account.profile_updated' || type === 'content.created';
}

function proofOf({ event }: EventFacts): ProofOfPerson | null {
  return event.type === 'account.verified' && event.data.status === 'succeeded' ? event.data.channel : null;
}

/** Whether something came to stand, came again or was said with this event, and not because of a group. */
function isNew(standing: Standing | undefined, { event }: EventFacts): boolean {
  if (standing === undefined) return false;
  const hasActed = standing.sinceMs === event.timeMs && standing.action !== 'allow' && standing.cohort === undefined;
  return hasActed || standing.word?.saidMs === event.timeMs;
}

function wordOf(standing: Standing | undefined): WordOnMember | null {
  const word = standing?.word;
  return word === undefined ? null : { saidMs: word.saidMs, isGenuine: word.holds === 'allow' };
}

/** What the platform says, or what history knows: Infinity where nobody does. */
function createdOf({ event, signup }: EventFacts, hours: number): number {
  if (event.accountCreatedMs !== undefined) return event.accountCreatedMs;
  if (signup !== undefined) return event.timeMs;
  return Number.isNaN(hours) ? Infinity : event.timeMs - hours * hourMs;
}
