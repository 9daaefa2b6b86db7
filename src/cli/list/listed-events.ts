import type { OutgoingRecord } from '../../ports.ts';
import type { WireEvent } from '../../wire/event-schema.ts';
import type { ListEntry } from '../../domain/list-entry.ts';

/** Accounts that are let through or stopped, by the key of their entry. */
export type NamedAccounts = ReadonlyMap<string, { readonly accountId: string; readonly entry: ListEntry }>;

const headers = [{ name: 'content-type', value: 'application/cloudevents+json; charset=UTF-8' }];

/**
 * That entries came to name accounts, as the topic of labels has it: keyed by the account, so that its owner decides it in order. Written
 * again, it changes nothing the second time: what it asks for stands.
 */
export function listedEvents(named: NamedAccounts, nowMs: number): readonly OutgoingRecord[] {
  return Array.from(named.values(), ({ accountId, entry: { list, kind, hash } }) => {
    const event: WireEvent = {
      specversion: '1.0',
      id: `list-${list}-${hash}-${nowMs}`,
      source: '/winnow/command',
      type: 'account.listed',
      subject: accountId,
      time: new Date(nowMs).toISOString(),
      data: { list, kind: kind === 'allow' ? 'allow' : 'deny', entry: hash },
    };
    return { key: accountId, value: JSON.stringify(event), headers };
  });
}
