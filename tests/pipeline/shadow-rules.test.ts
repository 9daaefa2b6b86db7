import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { strengthOf } from '../../src/domain/decision.ts';
import { decisionSchema } from '../../src/wire/decision-schema.ts';
import { batchesOf, policyOf, streamRecords, World } from './world.ts';

const document = readFileSync(new URL('../../src/policy/default-policy.yaml', import.meta.url), 'utf8');
const watching = policyOf(`${document}
  - id: every-signup-watched
    version: 1
    on: [account.signup]
    when: account_events_24h >= 0 && account_age_h < 1
    then: review
    reason: It has just signed up
    mode: shadow
`);
const quiet = { scoreRow: () => 0.01 };
const batches = batchesOf(streamRecords());

function acted({ decisions }: World): unknown[] {
  return decisions.map(({ subject, time, data }) => [subject, time, data.action]);
}

it('what a shadow rule would have done is told among shadow decisions, once an account, and changes nothing', async () => {
  const world = await new World({ policy: watching, model: quiet }).takeAll(batches);
  const plain = await new World({ policy: policyOf(document), model: quiet }).takeAll(batches);

  const shadowed = world.shadowed.filter(({ data }) => data.rules.some(({ id }) => id === 'every-signup-watched'));
  expect(shadowed.length).toBeGreaterThan(20);
  for (const decision of shadowed) {
    expect(decisionSchema.parse(decision).data).toMatchObject({ mode: 'shadow', action: 'review' });
    expect(decision.data.reasons.map(({ code }) => code)).toContain('EVERY_SIGNUP_WATCHED');
  }
  expect(new Set(shadowed.map(({ subject }) => subject)).size).toBe(shadowed.length);
  expect(acted(world)).toEqual(acted(plain));
});

it('is not told where what was decided is as strong', async () => {
  const world = await new World({ policy: watching, model: { scoreRow: () => 0.93 } }).takeAll(batches);
  for (const { data } of world.shadowed) expect(strengthOf(data.action)).toBeGreaterThan(strengthOf('review'));
});

it('is among the decisions of all events as what matched, marked', async () => {
  const world = await new World({ policy: watching, emit: 'all' }).takeAll(batches);
  const matched = world.decisions.flatMap(({ data }) => data.matched ?? []);
  expect(matched).toContainEqual({ id: 'every-signup-watched', version: 1, shadow: true });
});
