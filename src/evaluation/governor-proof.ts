import { EmbeddedLegalHolds } from '../adapters/embedded/legal-holds.ts';
import { nothingOrdered, type Control } from '../domain/control.ts';
import { FailureError, type Failure } from '../domain/failure.ts';
import { governorDefaults, type GovernorSettings } from '../domain/governor.ts';
import { groupDefaults } from '../domain/group-terms.ts';
import { placeOf } from '../domain/place-of.ts';
import { systemClock } from '../adapters/system/clock.ts';
import type { Reference } from '../features/reference.ts';
import { createPipeline, type Pipeline } from '../pipeline.ts';
import { Governor } from '../policy/governor/governor.ts';
import type { Policy, Rule } from '../policy/policy.ts';
import type { MemberLog } from '../domain/member-log.ts';
import type { IncomingRecord } from '../ports.ts';
import { BlockAllowance } from '../scoring/block-allowance.ts';
import { DriftWatch, defaultDriftOptions } from '../scoring/drift.ts';
import { Panel } from '../scoring/panel.ts';
import { simulate } from '../simulation/simulate.ts';
import { BlockCounts } from '../steps/block-counts.ts';
import { GovernorShare } from '../steps/governor-share.ts';
import { unbounded } from '../steps/time-bounds.ts';
import { silentTelemetry } from '../telemetry.ts';
import { naySayer } from './nay-sayer.ts';
import { offlineGuard, offlineHasher, offlineReference, offlineTopic } from './offline.ts';

/** Records of a batch, as `batch.recordsMax` has it by default. */
const recordsMax = 256;

export interface GovernorProofOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly days: number;
  /** Members of the group; each handles its part of the accounts. */
  readonly members: number;
  /** By which they count alike; absent where each knows of its own blocks alone. */
  readonly memberLog?: MemberLog;
  readonly settings?: GovernorSettings;
  /** Whether a person lets the rule block, whatever is counted. */
  readonly isReleased?: boolean;
}

/** Whom a rule blocked that is true of everybody. */
export interface GovernorProof {
  readonly honest: number;
  readonly fake: number;
  /** Honest accounts that were blocked before each member held the rule for the first time. */
  readonly honestBeforeTrip: number;
  /** Accounts that were blocked in all, with those that were let through to see whether it is over. */
  readonly honestBlocked: number;
  readonly fakeBlocked: number;
  /** Event time from the first block of a member to its hold, milliseconds, the longest of them; null where one never held. */
  readonly tripMsMax: number | null;
}

/**
 * Takes a simulated stream through the path with a rule that is true of everybody set to block, and a model that says no to all of them: so
 * that whoever is blocked is blocked by the rule.
 */
export async function proveGovernor(options: GovernorProofOptions): Promise<GovernorProof> {
  const { seed, accounts, days, members } = options;
  const simulation = simulate({ seed, accounts, days });
  const truth = new Map(simulation.truth.map(({ accountId, label }) => [accountId, label]));
  const { reference } = await offlineReference();
  const group = Array.from({ length: members }, () => new Member(reference, options));
  // At the same time, as members do: what one blocks, the others then do not know yet.
  const flushAll = (): Promise<unknown> => Promise.all(group.map((member) => member.flush()));
  for (const { json, subject } of simulation.events()) {
    const isFull = group[Math.floor(placeOf(subject, 'members') * members)]!.take(subject, json);
    if (isFull) await flushAll();
  }
  await flushAll();

  const among = (label: string, subjects: Iterable<string>): number =>
    [...subjects].filter((subject) => truth.get(subject) === label).length;
  const blocked = group.flatMap((member) => [...member.blocked.keys()]);
  const beforeTrip = group.flatMap((member) => member.blockedBeforeTrip());
  const trips = group.map((member) => member.tripAfterMs());
  return {
    honest: among('genuine', truth.keys()),
    fake: among('fake', truth.keys()),
    honestBeforeTrip: among('genuine', beforeTrip),
    honestBlocked: among('genuine', blocked),
    fakeBlocked: among('fake', blocked),
    tripMsMax: trips.some((trip) => trip === null) ? null : Math.max(...trips.map((trip) => trip!)),
  };
}

class Member {
  /** By account, when it was blocked first, by event time. */
  readonly blocked = new Map<string, number>();
  #trippedMs: number | null = null;
  readonly #pipeline: Pipeline;
  #records: IncomingRecord[] = [];
  #offset = 0;

  constructor(reference: Reference, options: GovernorProofOptions) {
    const { members, memberLog, settings = governorDefaults, isReleased = false } = options;
    const governor = new Governor(
      settings,
      () => (memberLog === undefined ? 1 / members : 1),
      ({ segment, atMs }) => {
        if (segment === 'all') this.#trippedMs ??= atMs;
      },
      memberLog && (() => members - 1),
    );
    const allowance = new BlockAllowance(() => members, memberLog !== undefined);
    const counts = new BlockCounts(governor, allowance);
    const governorShare = memberLog && new GovernorShare(counts, settings, memberLog, unavailable);
    const control: Control = isReleased ? { ...nothingOrdered, overrides: [release] } : nothingOrdered;
    this.#pipeline = createPipeline({
      hasher: offlineHasher(),
      reference,
      isReferencePartial: false,
      store: offlineGuard(systemClock),
      legalHolds: new EmbeddedLegalHolds(),
      panel: new Panel(naySayer()),
      norms: () => null,
      drift: new DriftWatch(defaultDriftOptions),
      policy: () => everybody,
      governor,
      allowance,
      governorShare,
      control: () => control,
      output: { send: () => Promise.resolve(), close: () => Promise.resolve() },
      emit: 'all',
      timeBounds: unbounded,
      dating: 'event',
      clock: systemClock,
      telemetry: silentTelemetry,
      onDecided: (_facts, decisions) => {
        for (const { subject, action, timeMs } of decisions)
          if (action === 'block' && !this.blocked.has(subject)) this.blocked.set(subject, timeMs);
      },
    });
  }

  /** Returns whether there are enough for a batch. */
  take(subject: string, json: string): boolean {
    const key = Buffer.from(subject);
    this.#records.push({ offset: this.#offset++, key, value: Buffer.from(json), headers: [], timestampMs: NaN });
    return this.#records.length === recordsMax;
  }

  async flush(): Promise<void> {
    const records = this.#records;
    this.#records = [];
    if (records.length > 0) await this.#pipeline({ topic: offlineTopic, partition: 0, records }, never);
  }

  blockedBeforeTrip(): string[] {
    const trippedMs = this.#trippedMs ?? Infinity;
    return [...this.blocked].filter(([, timeMs]) => timeMs <= trippedMs).map(([subject]) => subject);
  }

  tripAfterMs(): number | null {
    const [firstMs] = this.blocked.values();
    return this.#trippedMs === null || firstMs === undefined ? null : this.#trippedMs - firstMs;
  }
}

const never = new AbortController().signal;
/** A proof without what it is about would prove something else. */
function unavailable(failure: Failure): never {
  throw new FailureError(failure);
}

const release = {
  cause: 'rule:everybody',
  segment: 'all',
  effect: 'release',
  author: 'the proof',
  reason: 'a campaign as large as the caps',
  untilMs: Infinity,
} as const;

const rule: Rule = {
  id: 'everybody',
  version: 1,
  mode: 'enforce',
  action: 'block',
  overridesProtection: false,
  scoreMin: 0,
  definition: 'true',
  on: new Set(),
  counts: { absentMembers: 0, errors: 0 },
  fires: () => true,
  reasonFor: () => ({ code: 'EVERYBODY', text: 'It is true of everybody' }),
};

const scored = [rule];
/** No document can say this: a condition that is always true is refused. One that is nearly so looks like it. */
const everybody: Policy = {
  version: 'everybody',
  sha256: '0'.repeat(64),
  thresholds: { challenge: 0.8, review: 0.9, block: 0.97 },
  standingMs: { challenge: Infinity, review: Infinity, block: Infinity },
  protectionMs: 0,
  fakeActions: { review: 'block', appeal: 'block', honeypot: 'block', chargeback: 'block', operator: 'block' },
  groups: groupDefaults,
  rules: scored,
  rulesByType: {
    'account.signup': scored,
    'account.login': scored,
    'account.verified': scored,
    'account.profile_updated': scored,
    'social.request_sent': scored,
    'social.request_answered': scored,
    'content.created': scored,
    'account.reported': scored,
    'account.labelled': [],
    'account.erasure_requested': [],
    'account.hold_placed': [],
    'account.hold_lifted': [],
    'account.group_verdict': [],
    'account.listed': [],
  },
};
