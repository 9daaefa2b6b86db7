import { describe, expect, it } from 'vitest';
import { clockBounds } from '../../src/steps/time-bounds.ts';
import { World } from '../pipeline/world.ts';
import { batchOf, cloudEvent, headersOf, hourMs, signup, startMs, valueIn } from './example.ts';

/**
 * Chapter 2. Records that are no event, and events that are not quite as the contract says.
 *
 * The first become dead letters: delivered to a topic of their own, with a code that says what is wrong. The second are decided
 * all the same: who could hide by an odd user agent would send one.
 */
describe('a bad record', () => {
  it('becomes a dead letter, byte for byte, and those beside it are decided', async () => {
    const broken = Buffer.from('{"specversion":"1.0"');
    const world = new World({ emit: 'all' });
    const values = [cloudEvent(signup({ account: 'acc_anna' })), broken, cloudEvent(signup({ account: 'acc_bert' }))];
    const report = await world.take(batchOf(values, { offset: 7 }));

    // Every record has exactly one fate: a decision, silence, or a dead letter.
    expect(world.decisions.map(({ subject }) => subject)).toEqual(['acc_anna', 'acc_bert']);
    expect(report.deadLetters).toEqual({ EVENT_NOT_JSON: 1 });

    // The letter is what came, so that it can be sent again once its maker is mended. What is wrong stands in headers.
    const [letter] = world.sent.deadLetters;
    expect(letter!.value).toEqual(broken);
    expect(headersOf(letter!)).toMatchObject({
      'error-code': 'EVENT_NOT_JSON',
      'source-topic': 'account-events',
      'source-partition': '0',
      'source-offset': '8',
    });
  });

  it('is one that does not say who, what or when', async () => {
    const event = JSON.parse(Buffer.from(cloudEvent(signup({ account: 'acc_anna' }))).toString()) as object;
    const without = (change: object): Uint8Array => Buffer.from(JSON.stringify({ ...event, ...change }));
    const world = new World();
    await world.take(
      batchOf([without({ subject: 83 }), without({ type: 'account.signed_up' }), without({ time: 'yesterday' })]),
    );
    // The path says which member. It cites nothing of the event: there may be personal data in it.
    expect(world.sent.deadLetters.map(headersOf)).toMatchObject([
      { 'error-code': 'EVENT_WRONG_TYPE', 'error-path': '$.subject' },
      { 'error-code': 'EVENT_UNKNOWN_TYPE', 'error-path': '$.type' },
      { 'error-code': 'EVENT_WRONG_TIME', 'error-path': '$.time' },
    ]);
  });

  it('is one from an impossible time, which then moves no window and no age of anybody', async () => {
    // Event time has bounds on both sides of the clock. Without them one event of the year 1 would make its device two thousand
    // years old for good.
    const world = new World({ timeBounds: clockBounds(() => startMs, 7 * 24 * hourMs) });
    const ancient = { ...signup({ account: 'acc_old', device: 'd_1' }), timeMs: Date.parse('0001-01-01T00:00:00Z') };
    const [early, late] = ['acc_anna', 'acc_bert'].map((account) => signup({ account, device: 'd_1' }));
    await world.take(batchOf([cloudEvent(early!), cloudEvent(ancient), cloudEvent(late!)]));

    expect(world.sent.deadLetters.map((letter) => headersOf(letter)['error-code'])).toEqual(['EVENT_TIME_BEHIND']);
    // History has the two others, and not the third.
    const { features, rows } = world.model.scored[0]!;
    expect(rows).toBe(2);
    expect(valueIn(features.subarray(features.length / 2), 'device_accounts_24h')).toBe(2);
  });

  it('is none because of what a client chose: such a member is cut or missing, and counted', async () => {
    const world = new World({ emit: 'all' });
    const event = signup({ account: 'acc_anna', data: { form_ms: 900.5, display_name: 'x'.repeat(5_000) } });
    const report = await world.take(batchOf([cloudEvent(event)]));

    expect(world.sent.deadLetters).toEqual([]);
    expect(world.decisions).toHaveLength(1);
    expect(report.malformedMembers).toEqual({ form_ms: 1, display_name: 1 });
    // It is a feature too: honest clients send well-formed events.
    const row = world.model.scored[0]!.features;
    expect(valueIn(row, 'malformed_members')).toBe(2);
    expect(valueIn(row, 'form_ms')).toBeNaN();
  });
});
