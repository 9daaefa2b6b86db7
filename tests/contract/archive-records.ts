import { hash } from 'node:crypto';
import type { ArchivedRole } from '../../src/archive/read-record.ts';
import { readRecord } from '../../src/archive/read-record.ts';
import type { ArchiveItem } from '../../src/archive/item.ts';
import type { Action } from '../../src/domain/decision.ts';
import { assertNever } from '../../src/domain/failure.ts';
import type { EventDataByType } from '../../src/domain/event.ts';
import type { WireDecision } from '../../src/wire/decision-schema.ts';
import { exampleDecision } from '../../src/wire/examples.ts';

/** Records as topics bring them, of few words, for tests of the archive. */

export const startMs = Date.parse('2026-03-02T08:00:00Z');
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

export interface Written {
  readonly role: ArchivedRole;
  readonly key: string;
  readonly value: string | null;
  /** When it was written, milliseconds since the epoch. */
  readonly timestampMs: number;
}

export interface DecisionWords {
  readonly account: string;
  readonly atMs: number;
  readonly action?: Action;
  /** What tells it from others of the same account and time. */
  readonly tag?: string;
  readonly data?: Partial<WireDecision['data']>;
}

export function decisionRecord({ account, atMs, action = 'block', tag = '', data = {} }: DecisionWords): Written {
  const id = decisionIdOf({ account, atMs, tag });
  const trigger = { ...exampleDecision.data.trigger!, event_id: `evt_${account}_${atMs}_${tag}` };
  const decision = {
    ...exampleDecision,
    id,
    subject: account,
    time: new Date(atMs).toISOString(),
    data: { ...exampleDecision.data, action, trigger, ...data },
  };
  const role = data.mode === 'shadow' ? 'shadowDecisions' : 'decisions';
  return { role, key: account, value: JSON.stringify(decision), timestampMs: atMs };
}

export function decisionIdOf({ account, atMs, tag = '' }: Pick<DecisionWords, 'account' | 'atMs' | 'tag'>): string {
  return `dec_${hash('sha256', `${account} ${atMs} ${tag}`, 'hex').slice(0, 32)}`;
}

type WordType = 'account.labelled' | 'account.erasure_requested' | 'account.hold_placed' | 'account.hold_lifted';

export function wordRecord<T extends WordType>(
  type: T,
  account: string,
  atMs: number,
  data: EventDataByType[T],
  id = hash('sha256', JSON.stringify([type, account, atMs, data])),
): Written {
  const event = { specversion: '1.0', id, source: '/desk', type, subject: account, time: timeOf(atMs), data };
  return { role: 'labels', key: account, value: JSON.stringify(event), timestampMs: atMs };
}

export function hold(account: string, atMs: number, reference: string, untilMs?: number): Written {
  const until = untilMs === undefined ? {} : { until: timeOf(untilMs) };
  return wordRecord('account.hold_placed', account, atMs, { authority: 'court', reference, ...until });
}

export function lift(account: string, atMs: number, reference: string): Written {
  return wordRecord('account.hold_lifted', account, atMs, { authority: 'court', reference });
}

/** Written when the moment of the request is over: then it is due. */
export function request(account: string, atMs: number): Written {
  return { ...wordRecord('account.erasure_requested', account, atMs, {}), timestampMs: atMs + 1 };
}

export function label(account: string, atMs: number): Written {
  return wordRecord('account.labelled', account, atMs, {
    label: 'genuine',
    by: 'appeal',
    reason: `spoke for ${account}`,
  });
}

/** What somebody says of an account, in a story of erasures and holds. */
export type SpokenWord =
  | { readonly kind: 'label' | 'request' }
  /** `hours` until it ends by itself; null for never. */
  | { readonly kind: 'hold'; readonly reference: string; readonly hours: number | null }
  | { readonly kind: 'lift'; readonly reference: string };

/** The same as a record. */
export function spokenRecord(word: SpokenWord, account: string, atMs: number): Written {
  switch (word.kind) {
    case 'label':
      return label(account, atMs);
    case 'request':
      return request(account, atMs);
    case 'hold':
      return hold(account, atMs, word.reference, word.hours === null ? undefined : atMs + word.hours * hourMs);
    case 'lift':
      return lift(account, atMs, word.reference);
    default:
      return assertNever(word);
  }
}

export function listRecord(type: string, entry: string, atMs: number): Written {
  return { role: 'lists', key: `friends|${type}|${entry}`, value: '{"kind":"allow"}', timestampMs: atMs };
}

/** The items of records, one topic a role, each record at the next offset of its partition. */
export class Topics {
  readonly #nexts = new Map<string, number>();

  items(written: readonly Written[]): readonly ArchiveItem[] {
    return written.map((record) => {
      const offset = this.#nexts.get(record.role) ?? 0;
      this.#nexts.set(record.role, offset + 1);
      return itemOf(record, offset);
    });
  }

  positions(): readonly { topic: string; partition: number; next: number }[] {
    return Array.from(this.#nexts, ([topic, next]) => ({ topic, partition: 0, next }));
  }
}

export function itemOf({ role, key, value, timestampMs }: Written, offset: number): ArchiveItem {
  const record = {
    offset,
    key: Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: [],
    timestampMs,
  };
  const read = readRecord(role, record, { topic: role, partition: 0 });
  if (!read.ok) throw new Error(`${read.failure.code} ${read.failure.path ?? ''} ${read.failure.message}`);
  return read.value;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** Of what comes some at a time. */
export async function rowsOf<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  return (await all(pages)).flat();
}

export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of iterable) found.push(each);
  return found;
}
