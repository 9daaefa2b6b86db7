import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget, hasRank, shareOf } from '../../../../src/adapters/embedded/budget.ts';
import { ranks } from '../../../../src/adapters/embedded/retention.ts';
import { entityKinds } from '../../../../src/features/state.ts';

const bytesMax = 1_000_000;
const kinds = [...entityKinds.keys()];
const segments = ranks.flatMap((rank, index) =>
  kinds.filter((kind) => hasRank(kind, rank)).map((kind) => ({ kind, rank: index })),
);
const segment = fc.constantFrom(...segments);

function bounded(): Budget {
  const budget = new Budget();
  budget.bytesMax = bytesMax;
  return budget;
}

describe('shares', () => {
  it('add up to the whole, and each kind has one of each rank that it can have', () => {
    const shares = segments.map(({ kind, rank }) => shareOf(kind, rank));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(Math.min(...shares)).toBeGreaterThan(0);
  });

  it('are of no rank that a kind cannot have', () => {
    const text = entityKinds.indexOf('text');
    expect(ranks.map((_, rank) => shareOf(text, rank) > 0)).toEqual([true, true, true, false, false]);
    const device = entityKinds.indexOf('device');
    expect(ranks.map((_, rank) => shareOf(device, rank) > 0)).toEqual([true, true, true, false, true]);
    const account = entityKinds.indexOf('account');
    expect(ranks.map((_, rank) => shareOf(account, rank) > 0)).toEqual([true, true, true, true, true]);
  });
});

describe('Budget', () => {
  it('finds somebody who gives whenever memory is full: of the lowest rank of which some kind has more than its share', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(segment, fc.nat(bytesMax)), { minLength: 1, maxLength: 60 }), (added) => {
        const budget = bounded();
        const used = new Map<string, number>();
        for (const [{ kind, rank }, bytes] of added) {
          budget.add(kind, rank, bytes);
          used.set(`${rank}:${kind}`, (used.get(`${rank}:${kind}`) ?? 0) + bytes);
        }
        fc.pre(budget.bytes > bytesMax);
        const excess = ({ kind, rank }: { kind: number; rank: number }): number =>
          (used.get(`${rank}:${kind}`) ?? 0) / (shareOf(kind, rank) * bytesMax);
        const chosen = budget.next();
        expect(excess(chosen)).toBeGreaterThan(1);
        for (const other of segments) {
          if (other.rank < chosen.rank) expect(excess(other)).toBeLessThanOrEqual(1);
          if (other.rank === chosen.rank) expect(excess(other)).toBeLessThanOrEqual(excess(chosen));
        }
      }),
    );
  });

  it('lets one have what nobody else wants', () => {
    const budget = bounded();
    budget.add(3, 1, bytesMax);
    expect(budget.bytes).toBeLessThanOrEqual(budget.bytesMax);
    budget.add(3, 1, 1);
    expect(budget.next()).toEqual({ kind: 3, rank: 1 });
  });

  // A flood of one kind and rank at a time, entity after entity: what others have of their shares is theirs.
  it('takes nothing from what is within its share, whatever else comes', () => {
    fc.assert(
      fc.property(segment, segment, (flooded, honest) => {
        fc.pre(flooded.kind !== honest.kind || flooded.rank !== honest.rank);
        const budget = bounded();
        const used = segments.map(() => 0);
        const indexOf = ({ kind, rank }: { kind: number; rank: number }): number =>
          segments.findIndex((each) => each.kind === kind && each.rank === rank);
        const add = (index: number, bytes: number): void => {
          used[index]! += bytes;
          budget.add(segments[index]!.kind, segments[index]!.rank, bytes);
        };
        const own = Math.floor(shareOf(honest.kind, honest.rank) * bytesMax);
        add(indexOf(honest), own);
        for (let count = 0; count < 3_000; count++) {
          add(indexOf(flooded), 1_000);
          while (budget.bytes > budget.bytesMax) add(indexOf(budget.next()), -1_000);
        }
        expect(used[indexOf(honest)]).toBe(own);
      }),
      { numRuns: 25 },
    );
  });
});
