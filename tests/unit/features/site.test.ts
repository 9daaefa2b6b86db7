import { describe, expect, it } from 'vitest';
import type { AccountEvent } from '../../../src/domain/event.ts';
import { eventOf, signupOf, startMs } from '../steps/events.ts';
import { told } from './told.ts';

const dayMs = 86_400_000;

/** Addresses in one /48, each in a /56 of its own. */
function rotated(index: number): string {
  return `2001:470:9:${(index << 8).toString(16)}::1`;
}

function bots(count: number): AccountEvent[] {
  return Array.from({ length: count }, (_, index) =>
    signupOf(`bot-${index}`, { username: `user_${1_000 + index}`, context: { ip: rotated(index) } }),
  );
}

describe('signups that rotate through the networks of one site', () => {
  it('are seen as one, made alike', async () => {
    const features = (await told(bots(60))).at(-1)!;
    expect([features['network_signups_1h'], features['name_shape_signups_1h']]).toEqual([1, 1]);
    expect([features['site_signups_1h'], features['site_signups_24h']]).toEqual([60, 60]);
    expect([features['site_shape_share_24h'], features['site_signups_per_resident_24h']]).toEqual([1, 60]);
  });

  it('are told from the subscribers of a carrier, who live there and have names of their own', async () => {
    const subscribers = Array.from({ length: 30 }, (_, index) => {
      const context = { ip: rotated(index) };
      const login = (timeMs: number): AccountEvent =>
        eventOf('account.login', { status: 'succeeded', method: 'otp', context }, { subject: `old-${index}`, timeMs });
      return [login(startMs - 3 * dayMs), login(startMs)];
    }).flat();
    const newcomers = Array.from({ length: 20 }, (_, index) =>
      signupOf(`new-${index}`, { username: 'a'.repeat(index + 3), context: { ip: rotated(index) } }),
    );
    const features = (await told([...subscribers.toSorted((a, b) => a.timeMs - b.timeMs), ...newcomers])).at(-1)!;
    expect(features['site_signups_per_resident_24h']).toBeLessThan(1);
    expect(features['site_shape_share_24h']).toBeLessThan(0.1);
  });

  it('are nobody else’s: another /48 is another site', async () => {
    const other = signupOf('other', { username: 'user_9999', context: { ip: '2001:470:a::1' } });
    expect((await told([...bots(60), other])).at(-1)!['site_signups_1h']).toBe(1);
  });
});
