import type { KnownAccount } from '../domain/decision.ts';
import { isLabelEvent, type AccountEvent } from '../domain/event.ts';
import type { EventFacts } from './facts.ts';
import { snapshotColumn, snapshotColumnCount, spanColumn } from './state.ts';

const age = spanColumn('account', 'age_s');
const events = snapshotColumn('account', 'events', '7d');
const signups = snapshotColumn('account', 'signups', '7d');
const reports = snapshotColumn('account', 'reports', '7d');

/**
 * What is known of the account of each event, after that event.
 *
 * When it was created is what the platform says (`account_created_at`), or the time of the signup that succeeds; of an account that acts, the
 * time of its one signup in the 7 days that are kept. Whom people speak of may be one whose signup was only tried: that there is an account is
 * known where it has acted. A first sight alone tells nothing, since the account may be older than the
 * installation, and of several signups nobody knows which one succeeded.
 *
 * @param values [facts × snapshotColumnCount] the snapshots of the events; NaN where history did not answer.
 */
export function knownAccounts(facts: readonly EventFacts[], values: Float64Array): readonly KnownAccount[] {
  return facts.map(({ event }, index) => {
    const row = index * snapshotColumnCount;
    const isTrying = event.type === 'account.signup' && event.data.status !== 'succeeded';
    const ageS = values[row + age]!;
    const signedUpMs =
      event.type === 'account.signup'
        ? event.timeMs
        : values[row + signups] === 1 && ageS >= 0
          ? Math.round(event.timeMs - ageS * 1000)
          : undefined;
    const isProven = isTrying || isLabelEvent(event.type) ? hasActed(event, values, row) : true;
    const createdMs = event.accountCreatedMs ?? (isProven && !isTrying ? signedUpMs : undefined);
    const reported = event.type === 'account.reported' || toldOf(values[row + reports]!);
    // Of every event, so nothing is made to be spread.
    const known: { -readonly [Member in keyof KnownAccount]: KnownAccount[Member] } = {};
    if (isProven || isTrying) known.exists = isProven;
    if (createdMs !== undefined) known.createdMs = createdMs;
    if (reported !== undefined) known.reported = reported;
    return known;
  });
}

/** Whether it did what only accounts do, beside signing up; what is not known of it is no proof that it did not. */
function hasActed({ accountCreatedMs }: AccountEvent, values: Float64Array, row: number): boolean {
  return accountCreatedMs !== undefined || values[row + events]! > values[row + signups]!;
}

function toldOf(count: number): boolean | undefined {
  return Number.isNaN(count) ? undefined : count > 0;
}
