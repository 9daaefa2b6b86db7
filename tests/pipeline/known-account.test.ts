import { describe, expect, it } from 'vitest';
import { batchOf, cloudEvent, signup } from '../docs/example.ts';
import type { EventDataByType, EventType } from '../../src/domain/event.ts';
import { eventOf, startMs } from '../unit/steps/events.ts';
import { World } from './world.ts';

/** What each decision says of its account: who answers for it later has nothing else to go by. */

const hourMs = 3_600_000;
const start = new Date(startMs).toISOString();
const login = { status: 'succeeded', method: 'password' } as const;
const blocking = { emit: 'all', model: { scoreRow: () => 0.97 } } as const;

function later<T extends EventType>(account: string, type: T, data: EventDataByType[T], afterMs: number) {
  return cloudEvent(eventOf(type, data, { id: `${type} of ${account}`, subject: account, timeMs: startMs + afterMs }));
}

async function accountsOf(...events: readonly ReturnType<typeof cloudEvent>[]) {
  const world = new World(blocking);
  await world.take(batchOf(events));
  return world.decisions.map(({ data }) => data.account);
}

describe('what a decision says of its account', () => {
  it('is that nobody has one yet, where a signup is only tried or has failed', async () => {
    const tried = (['attempted', 'failed'] as const).map((status) =>
      cloudEvent(signup({ account: `acc_${status}`, data: { status } })),
    );
    const [attempted, failed] = await accountsOf(...tried);
    expect(attempted).toEqual({ exists: false, reported: false });
    expect(failed).toEqual({ exists: false, reported: false });
  });

  it('is when it signed up, also at what it does later', async () => {
    const [first, second] = await accountsOf(
      cloudEvent(signup({ account: 'acc_anna' })),
      later('acc_anna', 'account.login', login, 30 * hourMs),
    );
    expect(second).toEqual(first);
    expect(first).toMatchObject({ exists: true, reported: false });
    expect(first!.created).toBe(start);
  });

  it('is no time that would be a guess: of an account first seen by what it does, or after several signups', async () => {
    const [seen, , , tried] = await accountsOf(
      later('acc_old', 'account.login', login, 0),
      cloudEvent(signup({ account: 'acc_two', data: { status: 'failed' } })),
      cloudEvent({ ...signup({ account: 'acc_two', afterMs: hourMs }), id: 'again' }),
      later('acc_two', 'account.login', login, 2 * hourMs),
    );
    expect(seen).toEqual({ exists: true, reported: false });
    expect(tried).toEqual({ exists: true, reported: false });
  });

  it('is what the platform says, before anything that was seen', async () => {
    const created = '2025-03-01T08:00:00.000Z';
    const told = { ...login, account_created_at: created };
    const [account] = await accountsOf(later('acc_old', 'account.login', told, 0));
    expect(account).toEqual({ exists: true, created, reported: false });
  });

  it('is that somebody reported it, by this event or before', async () => {
    const [signedUp, reported, after] = await accountsOf(
      cloudEvent(signup({ account: 'acc_anna' })),
      later('acc_anna', 'account.reported', { reason: 'fake', reporter: 'acc_bert' }, hourMs),
      later('acc_anna', 'account.login', login, 2 * hourMs),
    );
    expect([signedUp, reported, after].map((account) => account!.reported)).toEqual([false, true, true]);
  });

  it('is at labels what is certain: people may speak of one whose signup was only tried', async () => {
    const label = { label: 'fake', by: 'honeypot' } as const;
    const [, labelled, , , acted] = await accountsOf(
      cloudEvent(signup({ account: 'acc_anna', data: { status: 'attempted' } })),
      later('acc_anna', 'account.labelled', label, hourMs),
      cloudEvent(signup({ account: 'acc_bert' })),
      later('acc_bert', 'account.login', login, hourMs),
      later('acc_bert', 'account.labelled', label, 2 * hourMs),
    );
    expect(labelled).toEqual({ reported: false });
    expect(acted).toEqual({ exists: true, created: start, reported: false });
  });
});
