import { EmbeddedLegalHolds } from '../adapters/embedded/legal-holds.ts';
import { nothingOrdered, type Control, type GovernorOverride } from '../domain/control.ts';
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

/** Records of a batch. */
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
  /** Whose rules are tried; without it one rule that is true of everybody. */
  readonly policy?: Policy;
  /** Whether a person lets all rules block, whatever is counted. */
  readonly isReleased?: boolean;
}

/** Whom rules blocked. */
export interface GovernorProof {
  readonly honest: number;
  readonly fake: number;
  /** Each enforced rule that asks for a block, in document order. */
  readonly rules: readonly RuleProof[];
}

export interface RuleProof {
  readonly id: string;
  /** Honest accounts that it is true of, whatever became of them. */
  readonly honestHit: number;
  /** Honest accounts that it blocked before each member held it for the first time, anywhere. */
  readonly honestBeforeTrip: number;
  /** Accounts that it blocked in all, with those that were let through to see whether it is over. */
  readonly honestBlocked: number;
  readonly fakeBlocked: number;
  /** Event time from the first block of a member to its hold, milliseconds, the longest of them; null where none blocked, or one never held. */
  readonly tripMsMax: number | null;
}

/**
 * Takes a simulated stream through the path with rules set to block, and a model that says no to all: so that whoever is blocked is blocked by
 * a rule.
 */
export async function proveGovernor(options: GovernorProofOptions): Promise<GovernorProof> {
  const { seed, accounts, days, members } = options;
  const simulation = simulate({ seed, accounts, days });
  const { reference } = await offlineReference();
  const group = Array.from({ length: members }, () => new Member(reference, options));
  // At the same time, as members do: what one blocks, the others then do not know yet.
  const flushAll = (): Promise<unknown> => Promise.all(group.map((member) => member.flush()));
  for (const { json, subject } of simulation.events()) {
    const isFull = group[Math.floor(placeOf(subject, 'members') * members)]!.take(subject, json);
    if (isFull) await flushAll();
  }
  await flushAll();

  const policy = options.policy ?? everybody;
  const honest = new Set(simulation.truth.flatMap(({ accountId, label }) => (label === 'genuine' ? [accountId] : [])));
  return {
    honest: honest.size,
    fake: simulation.truth.length - honest.size,
    rules: policy.rules.filter(isBlocking).map(({ id }) => ruleProof(id, group, honest)),
  };
}

function isBlocking({ mode, action }: Rule): boolean {
  return mode === 'enforce' && action === 'block';
}

function ruleProof(id: string, group: readonly Member[], honest: ReadonlySet<string>): RuleProof {
  const seen = group.map((member) => member.of(id));
  const honestAmong = (accounts: readonly string[]): number => accounts.filter((account) => honest.has(account)).length;
  const blocked = seen.flatMap((one) => [...one.blocked.keys()]);
  const trips = seen.filter((one) => one.blocked.size > 0).map((one) => one.trippedMs - one.firstMs);
  const tripMsMax = Math.max(...trips);
  return {
    id,
    honestHit: honestAmong(seen.flatMap((one) => [...one.hit])),
    honestBeforeTrip: honestAmong(seen.flatMap((one) => one.blockedBeforeTrip())),
    honestBlocked: honestAmong(blocked),
    fakeBlocked: blocked.length - honestAmong(blocked),
    tripMsMax: Number.isFinite(tripMsMax) ? tripMsMax : null,
  };
}

/** What one member saw of a rule. */
class SeenRule {
  readonly hit = new Set<string>();
  /** By account, when it was blocked first, by event time. */
  readonly blocked = new Map<string, number>();
  /** When it was held first, by event time; Infinity for never. */
  trippedMs = Infinity;

  get firstMs(): number {
    return Math.min(...this.blocked.values());
  }

  blockedBeforeTrip(): string[] {
    return [...this.blocked].flatMap(([account, timeMs]) => (timeMs <= this.trippedMs ? [account] : []));
  }
}

class Member {
  readonly #rules = new Map<string, SeenRule>();
  readonly #pipeline: Pipeline;
  #records: IncomingRecord[] = [];
  #offset = 0;

  constructor(reference: Reference, options: GovernorProofOptions) {
    const { members, memberLog, settings = governorDefaults, policy = everybody, isReleased = false } = options;
    const governor = new Governor(
      settings,
      () => (memberLog === undefined ? 1 / members : 1),
      ({ cause, atMs }) => {
        const seen = this.of(cause.name.replace(/^rule:/, ''));
        seen.trippedMs = Math.min(seen.trippedMs, atMs);
      },
      memberLog && (() => members - 1),
    );
    const allowance = new BlockAllowance(() => members, memberLog !== undefined);
    const counts = new BlockCounts(governor, allowance);
    const governorShare = memberLog && new GovernorShare(counts, settings, memberLog, unavailable);
    const control: Control = isReleased
      ? { ...nothingOrdered, overrides: policy.rules.map(releaseOf) }
      : nothingOrdered;
    this.#pipeline = createPipeline({
      hasher: offlineHasher(),
      reference,
      isReferencePartial: false,
      store: offlineGuard(systemClock),
      legalHolds: new EmbeddedLegalHolds(),
      panel: new Panel(naySayer()),
      norms: () => null,
      drift: new DriftWatch(defaultDriftOptions),
      policy: () => policy,
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
        for (const { subject, action, due, rules, matched = [], timeMs } of decisions) {
          for (const { id } of [...rules, ...matched]) this.of(id).hit.add(subject);
          if (action !== 'block' || due !== undefined) continue;
          for (const { id } of rules) if (!this.of(id).blocked.has(subject)) this.of(id).blocked.set(subject, timeMs);
        }
      },
    });
  }

  of(rule: string): SeenRule {
    const seen = this.#rules.get(rule) ?? new SeenRule();
    this.#rules.set(rule, seen);
    return seen;
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
}

const never = new AbortController().signal;
/** A proof without what it is about would prove something else. */
function unavailable(failure: Failure): never {
  throw new FailureError(failure);
}

function releaseOf({ id }: Pick<Rule, 'id'>): GovernorOverride {
  const reason = 'a campaign as large as the caps';
  return { cause: `rule:${id}`, segment: 'all', effect: 'release', author: 'the proof', reason, untilMs: Infinity };
}

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
