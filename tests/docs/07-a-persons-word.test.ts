import { describe, expect, it } from 'vitest';
import type { LabelledData } from '../../src/domain/event.ts';
import { policyOf, World } from '../pipeline/world.ts';
import { eventOf } from '../unit/steps/events.ts';
import { batchOf, cloudEvent, hourMs, signup, startMs } from './example.ts';

/** A rule that blocks whoever comes from this device: it will turn out to be a school's. */
const policy = policyOf(`
version: 'chapter 7'
thresholds: { challenge: 0.55, review: 0.80, block: 0.95 }
standing: { challenge: 1h, review: 24h, block: forever }
protection: 30d
rules:
  - id: shared-device
    version: 1
    when: device_accounts_24h >= 2
    then: block
    reason: '{device_accounts_24h} accounts were created from this device in 24 hours'
  - id: sells-stolen-cards
    version: 1
    when: account_links_24h >= 1
    then: block
    overrides_protection: true
    reason: '{account_links_24h} links in 24 hours'
`);
const model = { scoreRow: () => 0 };
const dayMs = 24 * hourMs;

const anna = cloudEvent(signup({ account: 'acc_anna', device: 'd_school' }));
const bert = cloudEvent(signup({ account: 'acc_bert', device: 'd_school', afterMs: 1 }));

/** What a reviewer, or whoever hears appeals, writes about Bert. */
function said(label: LabelledData['label'], by: LabelledData['by'], afterMs: number) {
  const data: LabelledData = { label, by, author: 'reviewer 7', reason: 'spoke to his mother' };
  return cloudEvent(
    eventOf('account.labelled', data, { id: `${label}-${afterMs}`, subject: 'acc_bert', timeMs: startMs + afterMs }),
  );
}

function post(afterMs: number, links: readonly string[]) {
  const context = { device_id: 'd_school' };
  const data = { kind: 'post', link_domains: links, context } as const;
  return cloudEvent(eventOf('content.created', data, { subject: 'acc_bert', timeMs: startMs + afterMs }));
}

async function actionsAfter(...events: readonly Uint8Array[]) {
  const world = await new World({ policy, model }).takeAll([batchOf(events)]);
  return world.decisions.filter(({ subject }) => subject === 'acc_bert').map(({ data }) => data);
}

/**
 * Chapter 7. A person's word: what people find outranks what machines find.
 *
 * A label is an event of its own topic, and it is decided: by what it says. `src/policy/README.md` is the manual.
 */
describe("a person's word", () => {
  it('lifts what stands at once, and says what it replaces', async () => {
    const [block, lift] = await actionsAfter(anna, bert, said('genuine', 'appeal', hourMs));
    expect(block).toMatchObject({ action: 'block', rules: [{ id: 'shared-device' }] });
    expect(lift).toMatchObject({
      action: 'allow',
      score: null,
      cause: { kind: 'label', event_id: `genuine-${hourMs}`, by: 'appeal' },
      reasons: [{ code: 'FOUND_GENUINE', public_text: 'Your appeal was accepted' }],
    });
    expect(lift!.supersedes).toMatch(/^dec_/);
    // What the reviewer noted is nobody else's business.
    expect(JSON.stringify(lift)).not.toMatch(/mother|reviewer 7/);
  });

  it('protects: what would block asks people to look, for as long as the policy says', async () => {
    const decided = await actionsAfter(anna, bert, said('genuine', 'appeal', hourMs), post(2 * hourMs, []));
    expect(decided.at(-1)).toMatchObject({ action: 'review', due: 'block', restrained_by: ['protection'] });
  });

  it('does not protect from new evidence of high harm, which the policy marks', async () => {
    const decided = await actionsAfter(
      anna,
      bert,
      said('genuine', 'appeal', hourMs),
      post(2 * hourMs, ['cards.example']),
    );
    // Both rules asked for it; the first alone would have been held.
    expect(decided.at(-1)).toMatchObject({
      action: 'block',
      rules: [{ id: 'shared-device' }, { id: 'sells-stolen-cards' }],
    });
    expect(decided.at(-1)!.restrained_by).toBeUndefined();
  });

  it('holds until another is said: the later one wins, though it may come first', async () => {
    const events = [anna, bert, said('genuine', 'appeal', 2 * hourMs), said('fake', 'review', hourMs)];
    expect((await actionsAfter(...events)).map(({ action }) => action)).toEqual(['block', 'allow']);
    const fake = [said('fake', 'review', 3 * hourMs), post(5 * dayMs, [])];
    expect((await actionsAfter(...events, ...fake)).at(-1)).toMatchObject({ action: 'block', cause: { by: 'review' } });
  });
});
