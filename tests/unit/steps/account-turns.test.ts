import { describe, expect, it } from 'vitest';
import { readFacts } from '../../../src/features/facts.ts';
import { AccountTurns } from '../../../src/steps/account-turns.ts';
import { labelOf, loginOf } from './events.ts';

const { signal } = new AbortController();
const eventsOf = (...accounts: readonly string[]) => accounts.map((account) => readFacts(loginOf(account)));
const labelsOf = (...accounts: readonly string[]) => accounts.map((account) => readFacts(labelOf(account)));

/** Begins turns one after the other; tells which have come so far. */
function turnsOf() {
  const turns = new AccountTurns();
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const begin = (name: string, facts: ReturnType<typeof eventsOf>, hasLabels: boolean, until = signal) =>
    turns.begin(facts, hasLabels, until).then((end) => {
      begun.push(name);
      ends.set(name, end);
    });
  const settled = async (): Promise<string[]> => {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    return [...begun];
  };
  return { begin, settled, end: (name: string) => ends.get(name)!() };
}

describe('what is said of an account and what happens to it', () => {
  it('take turns in the order in which they came', async () => {
    const { begin, settled, end } = turnsOf();
    void begin('events', eventsOf('a', 'b'), false);
    void begin('label', labelsOf('b'), true);
    void begin('events after it', eventsOf('b', 'c'), false);
    expect(await settled()).toEqual(['events']);
    end('events');
    expect(await settled()).toEqual(['events', 'label']);
    end('label');
    expect(await settled()).toEqual(['events', 'label', 'events after it']);
  });

  it('leave others alone: other accounts, and batches without labels', async () => {
    const { begin, settled } = turnsOf();
    void begin('events of a', eventsOf('a'), false);
    void begin('more of a', eventsOf('a'), false);
    void begin('label of b', labelsOf('b'), true);
    void begin('events of c', eventsOf('c'), false);
    expect(await settled()).toHaveLength(4);
  });

  it('end their waiting when they are given up, and keep nobody waiting', async () => {
    const { begin, settled, end } = turnsOf();
    const giveUp = new AbortController();
    void begin('events', eventsOf('a'), false);
    const given = begin('label', labelsOf('a'), true, giveUp.signal);
    void begin('events after it', eventsOf('a'), false);
    giveUp.abort(new Error('given up'));
    await expect(given).rejects.toThrow('given up');
    expect(await settled()).toEqual(['events', 'events after it']);
    end('events');
  });
});
