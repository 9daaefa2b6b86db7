import { describe, expect, it } from 'vitest';
import type { ranks } from '../../../../src/adapters/embedded/retention.ts';
import { EmbeddedFeatureStore } from '../../../../src/adapters/embedded/store.ts';
import type { AccountEvent } from '../../../../src/domain/event.ts';
import type { Standing } from '../../../../src/domain/standing.ts';
import { readFacts } from '../../../../src/features/facts.ts';
import { emptyObservations } from '../../../../src/features/observation.ts';
import { Observer } from '../../../../src/features/observe.ts';
import { entityKinds, labelColumn, spanColumn, snapshotColumn } from '../../../../src/features/state.ts';
import { eventOf, hasher, startMs } from '../../steps/events.ts';

// History was once bounded in entities, and the one seen longest ago went first, whoever it was. So anybody could make it forget
// whom he liked, at the default of a million entities by 66,560 failed signups, for which no account is needed, 250,880 changes of
// one profile, or 501,760 likes of one account. These are the same floods, scaled: a twentieth of them, for an
// eightieth of the default memory.

const memoryBytesMax = (320 / 80) * 1024 * 1024;
const scaled = (events: number): number => Math.ceil(events / 20);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const batchSize = 256;

const home = { device_id: 'd_home', ip: '95.56.234.10', user_agent: 'Mozilla/5.0 (Linux; Android 14)' };
const known = { email: 'aigerim.s@example.kz', phone: '+77011234567', username: 'aigerim_s' };
const block: Standing = { action: 'block', decisionId: `dec_${'00ff10fe'.repeat(4)}`, sinceMs: startMs };

/** A store that is told events one after the other. */
class Told {
  readonly store = new EmbeddedFeatureStore({ memoryBytesMax });
  readonly #observer = new Observer(hasher);
  #next = 0;

  async tell(events: readonly AccountEvent[], standing?: Standing) {
    const facts = events.map((event) => readFacts(event));
    const offsets = facts.map(() => this.#next++);
    const batch = emptyObservations('account-events', 0, facts.length);
    for (const [row, each] of facts.entries()) this.#observer.observe(each, offsets[row]!, batch, row);
    const { values, standings } = await this.store.observe(batch);
    const changes = events.map((_, row) => {
      const at = row * entityKinds.length * 2;
      return { keyHigh: batch.keys[at]!, keyLow: batch.keys[at + 1]!, standing: standing! };
    });
    const position = { topic: 'account-events', partition: 0, offset: offsets.at(-1)! };
    await this.store.settle(position, standing === undefined ? [] : changes);
    return { values, standing: standings[0] };
  }

  async flood(count: number, eventAt: (index: number) => AccountEvent, standing?: Standing): Promise<void> {
    for (let index = 0; index < count; index += batchSize) {
      const size = Math.min(batchSize, count - index);
      await this.tell(
        Array.from({ length: size }, (_, row) => eventAt(index + row)),
        standing,
      );
    }
  }
}

function signup(subject: string, context: object, rest: object, timeMs: number): AccountEvent {
  return eventOf('account.signup', { status: 'succeeded', context, ...rest }, { subject, timeMs });
}

function login(subject: string, timeMs: number, context: object = home): AccountEvent {
  return eventOf('account.login', { status: 'succeeded', method: 'password', context }, { subject, timeMs });
}

/** A platform on which one account came back on two days and was found genuine, one was blocked at its signup, and others use it. */
async function platform(): Promise<Told> {
  const told = new Told();
  await told.tell([signup('honest', home, known, startMs)]);
  await told.tell([login('honest', startMs + dayMs)]);
  await told.tell([login('honest', startMs + 2 * dayMs)]);
  await told.tell([
    eventOf('account.labelled', { label: 'genuine', by: 'review' }, { subject: 'honest', timeMs: startMs + 2 * dayMs }),
  ]);
  await told.tell([signup('regular', { ...home, device_id: 'd_other' }, {}, startMs)]);
  for (const day of [1, 2]) await told.tell([login('regular', startMs + day * dayMs, { device_id: 'd_other' })]);
  await told.tell([signup('blocked', { device_id: 'd_bot', ip: '45.12.7.9' }, {}, startMs + 2 * dayMs)], block);
  return told;
}

const floodMs = startMs + 2 * dayMs + hourMs;
const address = (index: number): string => `45.${64 + (index & 1)}.${(index >> 9) & 255}.${(index >> 1) & 255}`;

/** A stranger's signup that fails: nothing in it was seen before. */
function failedSignup(index: number): AccountEvent {
  const context = {
    device_id: `d${index}`,
    ip: address(index),
    user_agent: `agent ${index}`,
    app_version: `1.${index}`,
  };
  return eventOf(
    'account.signup',
    {
      status: 'failed',
      context,
      email: `m${index}@host${index}.example`,
      phone: `+7701${String(index).padStart(7, '0')}`,
      username: `${'ab'[index & 1]!}${index.toString(36)}`,
      display_name: `Name ${index}`,
    },
    { subject: `bot_${index}`, timeMs: floodMs + index },
  );
}

describe('what a flood leaves of history', () => {
  it.each<[string, (told: Told) => Promise<void>]>([
    ['66,560 failed signups', (told) => told.flood(scaled(66_560), failedSignup)],
    ['66,560 failed signups of accounts that are blocked', (told) => told.flood(scaled(66_560), failedSignup, block)],
    ['four times as many', (told) => told.flood(4 * scaled(66_560), failedSignup, block)],
    [
      '250,880 changes of one profile',
      (told) =>
        told.flood(scaled(250_880), (index) =>
          eventOf(
            'account.profile_updated',
            {
              display_name: `Name ${index}`,
              bio: `Bio ${index}`,
              avatar_hash: index.toString(16).padStart(16, '0'),
              context: { ip: address(index), device_id: `d${index}` },
            },
            { subject: 'bot', timeMs: floodMs + index },
          ),
        ),
    ],
    [
      '501,760 likes of one account',
      (told) =>
        told.flood(scaled(501_760), (index) =>
          eventOf(
            'content.created',
            {
              kind: 'like',
              target: `post ${index}`,
              text_hash: index.toString(16).padStart(16, '0'),
              context: { ip: address(index), device_id: `d${index}` },
            },
            { subject: 'bot', timeMs: floodMs + index },
          ),
        ),
    ],
  ])('%s: the honest device, its account, a label and what stands', async (_, flood) => {
    const told = await platform();
    await flood(told);
    const { kinds, bytes } = told.store.reading();
    expect(kinds.flatMap(({ evictions }) => evictions.map(({ count }) => count)).some((count) => count > 100)).toBe(
      true,
    );
    expect(bytes).toBeLessThanOrEqual(memoryBytesMax);

    const later = startMs + 3 * dayMs;
    const honest = (await told.tell([signup('honest', home, known, later)])).values;
    for (const kind of ['account', 'device', 'ip'] as const) {
      expect([kind, honest[spanColumn(kind, 'age_s')]]).toEqual([kind, (3 * dayMs) / 1000]);
    }
    // An account is not shown its own label: another one is.
    const guest = (await told.tell([login('guest', later)])).values;
    expect(guest[labelColumn('device', 'genuine')]).toBe(1);
    expect(honest[snapshotColumn('account', 'events', '7d')]).toBe(4);
    const regular = (await told.tell([login('regular', later, { device_id: 'd_other' })])).values;
    for (const kind of ['account', 'device'] as const) {
      expect([kind, regular[spanColumn(kind, 'age_s')]]).toEqual([kind, (3 * dayMs) / 1000]);
    }
    expect((await told.tell([login('blocked', later)])).standing).toEqual(block);
    // Nobody that comes back, is blocked after it has acted, or is labelled went for those who did not.
    const went = (rank: (typeof ranks)[number]): number =>
      told.store
        .reading()
        .kinds.flatMap(({ evictions }) => evictions)
        .filter((each) => each.rank === rank)
        .reduce((sum, { count }) => sum + count, 0);
    expect([went('regular'), went('standing'), went('labelled')]).toEqual([0, 0, 0]);
  });

  it('a device that came back is not forgotten for accounts that all sign up and are blocked', async () => {
    const told = await platform();
    await told.flood(
      scaled(66_560),
      (index) =>
        signup(
          `bot_${index}`,
          { device_id: `d${index}`, ip: address(index) },
          { email: `m${index}@x.example` },
          floodMs + index,
        ),
      block,
    );
    const honest = (await told.tell([login('honest', startMs + 3 * dayMs)])).values;
    for (const kind of ['account', 'device', 'ip'] as const) {
      expect([kind, honest[spanColumn(kind, 'age_s')]]).toEqual([kind, (3 * dayMs) / 1000]);
    }
    const guest = (await told.tell([login('guest', startMs + 3 * dayMs)])).values;
    expect(guest[labelColumn('device', 'genuine')]).toBe(1);
  });
});
