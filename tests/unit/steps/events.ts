import {
  noMalformed,
  type AccountEvent,
  type EventDataByType,
  type EventType,
  type LabelledData,
} from '../../../src/domain/event.ts';
import type { GroupVerdict } from '../../../src/domain/group-verdict.ts';
import { featureNames, sayFeature } from '../../../src/features/catalogue.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { readFacts, type EventFacts } from '../../../src/features/facts.ts';
import { Observer } from '../../../src/features/observe.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import { describeFaults } from '../../../src/policy/policy-fault.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import type { IncomingRecord, RecordBatch } from '../../../src/ports.ts';
import type { EnrichedBatch } from '../../../src/steps/enrich-batch.ts';
import { observeBatch } from '../../../src/steps/observe-batch.ts';
import { acceptEvent } from '../../../src/wire/accept-event.ts';
import { encodeVerdict } from '../../../src/wire/group-verdict.ts';

export const startMs = Date.UTC(2026, 9, 5, 12);
export const hasher = new EntityKeyHasher(new Uint8Array(16).fill(7));
export const model = { name: 'starter', version: '1', sha256: 'a'.repeat(64) };

let made = 0;

/** An event of an account; each has an id of its own unless it is given one. */
export function eventOf<T extends EventType>(
  type: T,
  data: EventDataByType[T],
  envelope: Partial<Omit<AccountEvent, 'type' | 'data'>> = {},
): AccountEvent {
  return {
    id: `e${++made}`,
    source: '/test',
    subject: 'acc_1',
    timeMs: startMs,
    malformed: noMalformed,
    ...envelope,
    type,
    data,
  } as AccountEvent;
}

export function loginOf(
  subject: string,
  envelope: { readonly id?: string; readonly timeMs?: number } = {},
): AccountEvent {
  return eventOf('account.login', { status: 'succeeded', method: 'password' }, { subject, ...envelope });
}

export function signupOf(subject: string, data: Partial<EventDataByType['account.signup']> = {}): AccountEvent {
  return eventOf('account.signup', { status: 'succeeded', ...data }, { subject });
}

/** A reviewer's `fake` unless the changes say otherwise. */
export function labelOf(
  subject: string,
  { data, ...envelope }: Partial<Omit<AccountEvent, 'type' | 'data'>> & { readonly data?: LabelledData } = {},
): AccountEvent {
  return eventOf('account.labelled', data ?? { label: 'fake', by: 'review' }, { ...envelope, subject });
}

/** A group's verdict: a block for a device and an avatar, unless the changes say otherwise. */
export function verdictOf(changes: Partial<GroupVerdict> = {}): GroupVerdict {
  const action = changes.action ?? 'block';
  return {
    cohort: `coh_${'3f9a0c5d'.repeat(4)}`,
    subject: 'acc_1',
    action,
    due: action,
    heldBy: [],
    revision: 1,
    kinds: ['device', 'avatar'],
    ties: [
      { kind: 'avatar', accounts: 9 },
      { kind: 'device', accounts: 4 },
    ],
    size: 12,
    terms: '5f2c9d0e7a1b3468',
    timeMs: startMs,
    ...changes,
  };
}

/** The event that carries a verdict. */
export function verdictEventOf(changes: Partial<GroupVerdict> = {}): AccountEvent {
  const verdict = verdictOf(changes);
  return acceptEvent(JSON.parse(encodeVerdict(verdict)))!;
}

/** As `enrichBatch` gives them: the events at offsets from 100. */
export function enrichedOf(events: readonly AccountEvent[]): EnrichedBatch {
  const facts = events.map((event) => readFacts(event));
  return {
    facts,
    offsets: facts.map((_, row) => 100 + row),
    pastOffsets: new Set<number>(),
    deadLetters: [],
    deadLetterCodes: [],
    deadLetterOffsets: [],
    misplaced: [],
  };
}

export function observationsOf(facts: readonly EventFacts[]) {
  const offsets = facts.map((_, row) => 100 + row);
  return observeBatch(new Observer(hasher), { topic: 'account-events', partition: 0 }, { facts, offsets });
}

/**
 * A policy over the real catalogue: challenge from 0.5, review from 0.8, block from 0.95; a challenge stands for an hour, a
 * review for a day, a block for ever.
 */
export function policyOf(...rules: readonly object[]): Policy {
  const document = [
    'version: "7"',
    'thresholds: { challenge: 0.5, review: 0.8, block: 0.95 }',
    'standing: { challenge: 1h, review: 24h, block: forever }',
    `rules: ${rules.length === 0 ? '[]' : ''}`,
    ...rules.map((rule) => `  - ${JSON.stringify({ version: 1, reason: 'It is so', ...rule })}`),
  ].join('\n');
  const loaded = loadPolicy(Buffer.from(document), featureNames, sayFeature);
  if (!loaded.ok) throw new Error(describeFaults('policy.yaml', loaded.failure));
  return loaded.value;
}

/** An event as the bytes of a CloudEvent. */
export function cloudEvent({ id, source, type, subject, timeMs, data }: AccountEvent): Uint8Array {
  const time = new Date(timeMs).toISOString();
  return Buffer.from(JSON.stringify({ specversion: '1.0', id, source, type, subject, time, data }));
}

/** A batch of one partition; offsets count up from `offset`. */
export function batchOf(values: readonly (Uint8Array | null)[], { offset = 100, partition = 0 } = {}): RecordBatch {
  const records = values.map((value, index): IncomingRecord => {
    return { offset: offset + index, key: Buffer.from('key'), value, headers: [], timestampMs: startMs };
  });
  return { topic: 'account-events', partition, records };
}
