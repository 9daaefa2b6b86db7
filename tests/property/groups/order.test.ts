import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmbeddedGroupStore } from '../../../src/adapters/embedded/group-store.ts';
import { epochMs } from '../../../src/domain/group-epoch.ts';
import { keyText, type GroupSighting, type SharedValue } from '../../../src/domain/group-member.ts';
import { groupDefaults, holdersBoundMax, type GroupTerms } from '../../../src/domain/group-terms.ts';
import { groupEdgeKinds } from '../../../src/domain/group-verdict.ts';
import { cohortOf, judge } from '../../../src/groups/cohort.ts';
import { valueText } from '../../../src/history/group-memory.ts';
import type { HeldValue } from '../../../src/group-ports.ts';
import { sighting, startMs } from '../../contract/group-sightings.ts';

const terms: GroupTerms = {
  ...groupDefaults,
  mode: 'enforce',
  edges: new Set(groupEdgeKinds),
  reviewAccountsMin: 3,
  blockAccountsMin: 4,
  reviewWeightMin: 0,
  blockWeightMin: 0,
  evidenceShareMin: 0.3,
};

const anySighting = fc
  .record({
    account: fc.integer({ min: 1, max: 12 }),
    kind: fc.constantFrom(...groupEdgeKinds),
    text: fc.constantFrom('x', 'y'),
    shows: fc.boolean(),
    timeMs: fc.integer({ min: 0, max: 10 }).map((hours) => startMs + hours * 3_600_000),
    score: fc.constantFrom(0, 0.6, 0.9),
    proof: fc.option(fc.constantFrom('phone' as const, 'email' as const), { freq: 8 }),
    word: fc.option(fc.record({ saidMs: fc.constantFrom(1, 2, 3), isGenuine: fc.boolean() }), { freq: 12 }),
  })
  .map(({ kind, text, shows, ...rest }) => sighting({ ...rest, ...(shows ? { shows: { [kind]: text } } : {}) }));

/** Every account shows something first, so that nothing is said of one that is not known. */
const known = Array.from({ length: 12 }, (_, index) =>
  sighting({ account: index + 1, score: 0, shows: { device: `own ${index}` } }),
);

/** What all groups say in the end, whoever came first, in batches of some size. */
async function inTheEnd(sightings: readonly GroupSighting[], batch: number): Promise<readonly string[]> {
  const store = new EmbeddedGroupStore({ membersMax: 1_000 });
  await store.take(known);
  for (let from = 0; from < sightings.length; from += batch) await store.take(sightings.slice(from, from + batch));
  const held = await store.take(known);
  const counts = new Map<string, number>(
    held.map(({ value, holders }: HeldValue) => [valueText(value), holders.length]),
  );
  const accountsOf = (value: SharedValue) => counts.get(valueText(value)) ?? 1;
  return held
    .flatMap((group) =>
      judge(group, terms, accountsOf).members.map(
        ({ member, action, heldBy }) => `${cohortOf(group.value)} ${keyText(member)} ${action} ${heldBy.join()}`,
      ),
    )
    .toSorted();
}

describe('what groups say in the end', () => {
  it('does not depend on the order in which accounts came, nor on what came twice, nor on batches', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anySighting, { minLength: 5, maxLength: 60 }).chain((sightings) =>
          fc.record({
            sightings: fc.constant(sightings),
            shuffled: fc.shuffledSubarray(sightings, { minLength: sightings.length }),
            again: fc.subarray(sightings),
            batch: fc.integer({ min: 1, max: 30 }),
          }),
        ),
        async ({ sightings, shuffled, again, batch }) => {
          expect(await inTheEnd([...shuffled, ...again], batch)).toEqual(await inTheEnd(sightings, 1));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is of one epoch: no group outlives it, however its accounts go on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 6 * epochMs }), { minLength: 3, maxLength: 40 }),
        async (spans) => {
          const store = new EmbeddedGroupStore({ membersMax: 1_000 });
          const times = spans.toSorted((a, b) => a - b);
          for (const [index, span] of times.entries()) {
            const timeMs = startMs + span;
            const held = await store.take([sighting({ account: index + 1, timeMs, shows: { device: 'd' } })]);
            for (const { holders } of held)
              for (const { shownMs } of holders) expect(timeMs - shownMs).toBeLessThanOrEqual(2 * epochMs);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is of a bounded number of accounts, and nothing where more have it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 2 * holdersBoundMax }), async (count) => {
        const store = new EmbeddedGroupStore({ membersMax: 1_000 });
        const crowd = Array.from({ length: count }, (_, index) =>
          sighting({ account: index + 1, shows: { device: 'd' } }),
        );
        const [group] = (await store.take(crowd)) as [HeldValue];
        expect(group.holders).toHaveLength(Math.min(count, holdersBoundMax + 1));
        const allowed = judge(group, { ...terms, holdersMax: holdersBoundMax }, () => count).members.every(
          ({ action }) => action === 'allow',
        );
        expect(allowed).toBe(count > holdersBoundMax || count < terms.reviewAccountsMin);
      }),
      { numRuns: 60 },
    );
  });

  it('takes no more memory than accounts that are held at most', async () => {
    const store = new EmbeddedGroupStore({ membersMax: 50 });
    for (let account = 1; account <= 500; account++)
      await store.take([sighting({ account, shows: { device: `${account % 7}` } })]);
    expect(store.size()).toBe(50);
    const held = await store.take([sighting({ account: 501, shows: { device: '4' } })]);
    expect(held.flatMap(({ holders }) => holders).every(({ keyLow }) => keyLow > 450)).toBe(true);
  });
});
