import { describe, expect, it } from 'vitest';
import { CounterIds, unknownCounter } from '../../../../src/adapters/valkey/counter-ids.ts';
import { kindPlans } from '../../../../src/adapters/valkey/kind-plan.ts';

describe('ids of counters', () => {
  it('are of the name alone, wherever it is declared', () => {
    const [before, after] = [new CounterIds(['events', 'links']), new CounterIds(['likes', 'events', 'links'])];
    expect(after.ids.slice(1)).toEqual(before.ids);
  });

  it.each(kindPlans.map((plan) => [plan.kind, plan] as const))('of %s lead back to their counters', (_, plan) => {
    for (const { ids, indexOf } of [plan.countIds, plan.distinctIds, plan.measureIds].map((each) => ({
      ids: each.ids,
      indexOf: (id: number) => each.indexOf(id),
    })))
      expect(ids.map(indexOf)).toEqual(ids.map((__, index) => index));
  });

  it('lead nowhere when they are of no counter', () => {
    const { ids } = new CounterIds(['events', 'links']);
    const known = new CounterIds(['links']);
    expect([known.indexOf(ids[0]!), known.indexOf(ids[1]!)]).toEqual([unknownCounter, 0]);
    expect(new CounterIds([]).indexOf(ids[0]!)).toBe(unknownCounter);
  });

  it('are refused when two names have one', () => {
    expect(() => new CounterIds(['events', 'events'])).toThrow('rename the newer');
  });
});
