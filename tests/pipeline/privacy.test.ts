import { describe, expect, it } from 'vitest';
import type { AccountEvent, EventContext } from '../../src/domain/event.ts';
import { batchOf, cloudEvent, eventOf, startMs } from '../unit/steps/events.ts';
import { World, type WorldOptions } from './world.ts';

/** Every text that a producer may fill with personal data has this in it; addresses and numbers are told apart by themselves. */
const mark = 'zqxj';
const context: EventContext = {
  ip: '203.0.113.77',
  device_id: `d-${mark}`,
  user_agent: `curl/8 ${mark}`,
  locale: `${mark}-KZ`,
  timezone: `Asia/${mark}`,
  screen: `${mark}x1080`,
  app_version: `${mark}.1`,
};
/** The digits are as many as make a chance hit among durations and times unheard of. */
const marks = [mark, '203.0.113', '019909990'];

/** Attacks of every kind that the default policy knows, by people whose every word is marked. */
function events(): AccountEvent[] {
  const made: AccountEvent[] = [];
  for (let index = 0; index < 40; index++) {
    const envelope = { subject: `acc_${index}`, timeMs: startMs + index * 20_000 };
    const target = `t-${mark}-${index % 3}`;
    const login = { status: 'failed', method: 'password', context } as const;
    made.push(
      eventOf(
        'account.signup',
        {
          status: index % 7 === 0 ? 'failed' : 'succeeded',
          context,
          email: `very.long.${mark}+${index}@${mark}.example`,
          phone: `+77019909990${index}`,
          username: `${mark}_00${index}`,
          display_name: `${mark} ${index}`,
          form_ms: 900,
          captcha_ms: 50,
          referrer: mark,
        },
        envelope,
      ),
      eventOf('account.login', login, envelope),
      eventOf('account.verified', { channel: 'phone', status: 'succeeded', after_ms: 5, context }, envelope),
      eventOf('account.profile_updated', { username: mark, display_name: mark, bio: mark, context }, envelope),
      eventOf('social.request_sent', { verb: 'friend', target, context }, envelope),
      eventOf('social.request_answered', { verb: 'friend', target, outcome: 'rejected', context }, envelope),
      eventOf(
        'content.created',
        { kind: 'comment', target, text_hash: '00ff13a7c4e2b905', link_domains: [`${mark}.example`], context },
        envelope,
      ),
      eventOf(
        'account.reported',
        { reason: 'spam', reporter: `r-${mark}-${index}`, context },
        { ...envelope, subject: 'acc_1' },
      ),
    );
  }
  return made;
}

/** All text in a value, of bytes and of names of members too. */
function textIn(what: unknown): string {
  if (ArrayBuffer.isView(what)) return Buffer.from(what.buffer, what.byteOffset, what.byteLength).toString();
  if (typeof what !== 'object' || what === null) return String(what);
  return Object.entries(what)
    .flatMap(([name, value]) => [name, textIn(value)])
    .join('\n');
}

function expectUnmarked(what: unknown): void {
  const text = textIn(what);
  expect(marks.filter((one) => text.includes(one))).toEqual([]);
}

/** A model that takes every known value for a sign of a fake, so that each becomes a reason. */
const suspicious = {
  scoreRow: (row: Float32Array) => 0.9 + row.filter((value) => !Number.isNaN(value)).length / 1_000,
};

describe('raw addresses, mailboxes, numbers, names and devices', () => {
  it.each<readonly [string, WorldOptions]>([
    ['a suspicious model and all decisions', { model: suspicious, emit: 'all' }],
    ['rules alone', { model: { scoreRow: () => 0.6 } }],
    ['a model that fails', { model: { scoreRow: () => NaN }, emit: 'all' }],
  ])('never leave the pipeline, with %s', async (_, options) => {
    const world = new World(options);
    await world.take(batchOf(events().map(cloudEvent)));
    expect(world.decisions.some(({ data }) => data.rules.length > 0 && data.reasons.length > 0)).toBe(true);
    expectUnmarked(world.sent.decisions);
    expectUnmarked(world.reports);
    expectUnmarked(world.settled);
  });

  it('would be seen if they did', () => {
    expect(() => expectUnmarked({ text: `d-${mark}` })).toThrow(mark);
    expect(() => expectUnmarked([Buffer.from('203.0.113.77')])).toThrow('203.0.113');
    expect(() => expectUnmarked({ [mark]: 1 })).toThrow(mark);
  });

  it('are in the value of a dead letter as they came, and in none of the headers that we add', async () => {
    const broken = [
      ...events().map((event) => ({ ...event, subject: 5 })),
      { ...events()[0], [mark]: undefined, type: mark },
      { ...events()[0], id: mark.repeat(100) },
    ].map((value) => Buffer.from(JSON.stringify({ specversion: '1.0', time: mark, ...value })));
    const world = new World();
    await world.take(batchOf(broken));
    expect(world.sent.deadLetters.map(({ value }) => value)).toEqual(broken);
    expectUnmarked(world.sent.deadLetters.map(({ headers }) => headers));
    expectUnmarked(world.reports);
  });
});
