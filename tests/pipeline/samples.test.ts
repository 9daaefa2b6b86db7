import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { WireDecision } from '../../src/wire/decision-schema.ts';
import { matcherOf } from '../unit/lists/lists.ts';
import { batchesOf, policyOf, startMs, streamRecords, World } from './world.ts';

const document = readFileSync(new URL('../../src/policy/default-policy.yaml', import.meta.url), 'utf8');
const withSamples = (samples: string): ReturnType<typeof policyOf> => policyOf(`${document}\nsamples:\n${samples}\n`);
const both = withSamples(`  hold_out: [{ from: 0, probability: 0.1 }]
  audit: [{ from: 0, probability: 0.05 }, { from: 0.5, probability: 0.2 }]`);
const batches = batchesOf(streamRecords());

async function run(policy = both): Promise<World> {
  return new World({ policy }).takeAll(batches);
}

function accountsOf(decisions: readonly WireDecision[], kind: 'audit' | 'hold-out'): Set<string> {
  return new Set(decisions.filter(({ data }) => data.sample?.kind === kind).map(({ subject }) => subject));
}

describe('random samples', () => {
  it('are drawn by account: who is let through is challenged at most, and each of the events of who is in one is told', async () => {
    const { decisions } = await run();
    const heldOut = decisions.filter(({ data }) => data.sample?.kind === 'hold-out');
    expect(heldOut.length).toBeGreaterThan(0);
    for (const { data } of heldOut)
      expect(data).toMatchObject({ due: 'block', sample: { probability: 0.1, of_any: expect.any(Number) as number } });
    expect(heldOut.filter(({ data }) => data.action === 'block')).toEqual([]);
    const repeated = decisions.filter(({ data }) => data.sample?.kind === 'audit' && data.action === 'allow');
    expect(repeated.length).toBeGreaterThan(accountsOf(decisions, 'audit').size);
  });

  it('have about the size that is stated', async () => {
    const { decisions } = await run(withSamples('  audit: [{ from: 0, probability: 0.3 }]'));
    const seen = new World({ emit: 'all' });
    const all = new Set((await seen.takeAll(batches)).decisions.map(({ subject }) => subject)).size;
    const drawn = accountsOf(decisions, 'audit').size;
    // Five standard deviations: the draw is a function of a fixed key, so this is the same on every run.
    expect(Math.abs(drawn - 0.3 * all)).toBeLessThan(5 * Math.sqrt(all * 0.3 * 0.7));
  });

  it('have more of those whom people watch: so many times as probable, and the decision says how probable', async () => {
    const policy = withSamples('  audit: [{ from: 0, probability: 0.1 }]\n  watched: 5');
    const all = (await new World({ emit: 'all' }).takeAll(batches)).decisions.map(({ subject }) => subject);
    const watched = [...new Set(all)].filter((_, index) => index % 2 === 0);
    const lists = matcherOf(...watched.map((value) => ({ kind: 'watch', type: 'account', value }) as const));
    const { decisions } = await new World({ policy, lists: () => lists }).takeAll(batches);
    const audited = decisions.filter(({ data }) => data.sample?.kind === 'audit');
    const isWatched = ({ subject }: WireDecision): boolean => watched.includes(subject);
    for (const decision of audited)
      expect(decision.data.sample!.probability).toBeCloseTo(isWatched(decision) ? 0.5 : 0.1);
    const drawn = accountsOf(decisions, 'audit');
    const drawnWatched = watched.filter((account) => drawn.has(account)).length;
    // Half of some 75, and a tenth of as many: a fixed key draws, so this is the same on every run.
    expect(drawnWatched).toBeGreaterThan(2 * (drawn.size - drawnWatched));
  });

  it('are the same again, and are others in the next period', async () => {
    const daily = withSamples('  period: 1d\n  audit: [{ from: 0, probability: 0.5 }]');
    const days = Map.groupBy((await run(daily)).decisions, ({ time }) => Math.floor(Date.parse(time) / 86_400_000));
    expect((await run(daily)).decisionTexts).toEqual((await run(daily)).decisionTexts);
    const first = Math.floor(startMs / 86_400_000) + 1;
    const [one, next] = [first, first + 1].map((day) => accountsOf(days.get(day) ?? [], 'audit'));
    const active = new Set([...one!, ...next!]);
    expect([...active].some((account) => one!.has(account) !== next!.has(account))).toBe(true);
  });

  it('change nothing for anybody else', async () => {
    const [plain, sampled] = [await run(policyOf(document)), await run()];
    const drawn = new Set(sampled.decisions.filter(({ data }) => data.sample).map(({ subject }) => subject));
    const rest = (world: World): unknown[] =>
      world.decisions
        .filter(({ subject }) => !drawn.has(subject))
        .map(({ subject, time, data }) => [subject, time, data.action]);
    expect(rest(sampled)).toEqual(rest(plain));
  });

  it('are drawn of nobody by the policy that ships', async () => {
    expect((await run(policyOf(document))).decisions.filter(({ data }) => data.sample)).toEqual([]);
  });
});
