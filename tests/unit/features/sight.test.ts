import { describe, expect, it } from 'vitest';
import type { AccountEvent, EventContext, EventDataByType } from '../../../src/domain/event.ts';
import { eventOf, startMs } from '../steps/events.ts';
import { told } from './told.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function login(subject: string, timeMs: number, accountCreatedMs?: number): AccountEvent {
  const context = { ip: '203.0.113.7', device_id: `device of ${subject}` };
  const event = eventOf('account.login', { status: 'succeeded', method: 'otp', context }, { subject, timeMs });
  return accountCreatedMs === undefined ? event : { ...event, accountCreatedMs };
}

function signup(subject: string, timeMs: number, context: EventContext = {}): AccountEvent {
  return eventOf('account.signup', { status: 'succeeded', context }, { subject, timeMs });
}

/** The platform goes on for so long: every account logs in twice a day. */
function life(days: number, fromMs = startMs): AccountEvent[] {
  return Array.from({ length: days * 2 }, (_, index) => index * 12 * hourMs).flatMap((atMs) =>
    Array.from({ length: 16 }, (_, account) => login(`a${account}`, fromMs + atMs)),
  );
}

async function lastOf(events: readonly AccountEvent[]) {
  return (await told(events)).at(-1)!;
}

describe('how long Winnow has been looking', () => {
  it('is what the half days tell in which something happened, a week at most', async () => {
    expect((await lastOf([login('b', startMs)]))['history_age_h']).toBe(0);
    expect((await lastOf([...life(3), login('b', startMs + 3 * dayMs)]))['history_age_h']).toBe(72);
    expect((await lastOf([...life(20), login('b', startMs + 20 * dayMs)]))['history_age_h']).toBe(168);
  });

  it('does not begin with an account that was imported with its true date', async () => {
    const imported = Array.from({ length: 16 }, (_, account) => signup(`a${account}`, startMs - 2_000 * dayMs));
    expect((await lastOf([...imported, login('a0', startMs)]))['history_age_h']).toBe(0);
  });
});

describe('what is seen for the first time', () => {
  it('in the first days of an installation has no age: it is the installation that is new', async () => {
    const { device_age_h: device, account_age_h: account, ip_age_h: ip } = await lastOf([login('b', startMs)]);
    expect([device, account, ip]).toEqual([NaN, NaN, NaN]);
    const later = await lastOf([...life(1), login('a0', startMs + dayMs)]);
    expect([later['device_age_h'], later['account_age_h'], later['ip_age_h']]).toEqual([NaN, NaN, NaN]);
  });

  it('after Winnow has looked for some days is new', async () => {
    const features = await lastOf([...life(4), login('b', startMs + 4 * dayMs)]);
    expect([features['device_age_h'], features['account_age_h']]).toEqual([0, 0]);
  });

  it('is old when it has been seen for a week, whenever that was', async () => {
    const features = await lastOf([login('b', startMs), login('b', startMs + 30 * dayMs)]);
    expect([features['device_age_h'], features['account_age_h']]).toEqual([720, 720]);
  });

  it('is a new account where its signup was seen, on the first day too', async () => {
    const features = await told([signup('b', startMs), login('b', startMs + hourMs)]);
    expect(features.map((each) => each['account_age_h'])).toEqual([0, 1]);
  });

  it('is as old an account as the platform says', async () => {
    const features = await lastOf([login('b', startMs, startMs - 400 * dayMs)]);
    expect(features['account_age_h']).toBe(9_600);
    expect(features['account_events_first_10m']).toBeNaN();
  });

  it('was not silent while nobody was looking', async () => {
    const request: EventDataByType['social.request_sent'] = { verb: 'friend', target: 'c' };
    const asks = eventOf('social.request_sent', request, { subject: 'old', timeMs: startMs });
    const imported = signup('old', startMs - 2_000 * dayMs);
    expect((await lastOf([imported, asks]))['account_idle_h']).toBeNaN();
    const watched = await lastOf([imported, ...life(8, startMs - 8 * dayMs), asks]);
    expect(watched['account_idle_h']).toBe(48_000);
  });
});

describe('a surge', () => {
  it('is measured against as much of the week as Winnow saw', async () => {
    const context = { ip: '198.51.100.7' };
    const first = await lastOf([signup('b', startMs, context)]);
    expect([first['network_surge_1h'], first['network_surge_24h']]).toEqual([12, 1]);
    const last = await lastOf([...life(8, startMs - 8 * dayMs), signup('b', startMs, context)]);
    expect([last['network_surge_1h'], last['network_surge_24h'], last['network_surge_10m']]).toEqual([168, 7, 1_008]);
  });
});
