import type { Standing } from '../../../src/domain/standing.ts';
import { describe, expect, it } from 'vitest';
import { actions } from '../../../src/domain/decision.ts';
import { labelledKinds, recentEventsMax, youngAgeMsMax } from '../../../src/features/state.ts';
import {
  AccountMemory,
  isYoung,
  standingCode,
  standingWords,
  writeStanding,
} from '../../../src/history/account-memory.ts';
import { judgementEpochMs, judgementOf } from '../../../src/history/judgement.ts';
import { memoryOfWords, RecordLayout } from '../../../src/history/record.ts';

const firstMs = Date.UTC(2026, 9, 5, 12);

/** A row of keys, each its place after `first`. */
function keysOf(first: number): Uint32Array {
  return Uint32Array.from({ length: 200 }, (_, index) => first + index);
}

/** An account whose record does not begin where its memory does. */
function newAccount() {
  const layout = new RecordLayout();
  const accounts = new AccountMemory(layout);
  return { accounts, memory: memoryOfWords(2 * layout.recordWords), start: layout.recordWords };
}

describe('the memory of an account', () => {
  it('knows the last events and forgets the oldest first', () => {
    const { accounts, memory, start } = newAccount();
    const seen = (key: number): boolean => accounts.seen(memory, start, key);
    for (let key = 1; key <= recentEventsMax; key++) expect(seen(key)).toBe(false);
    expect(seen(1)).toBe(true);
    expect(seen(recentEventsMax + 1)).toBe(false);
    expect([seen(2), seen(1)]).toEqual([true, false]);
  });

  it.each(actions)('gives a standing back as it was given: %s', (action) => {
    const standing = { action, decisionId: `dec_${'00ff'.repeat(8)}`, sinceMs: 1_790_000_000_000.25 };
    const { accounts, memory, start } = newAccount();
    expect(accounts.standing(memory, start)).toBeUndefined();
    accounts.settle(memory, start, standing);
    expect(accounts.standing(memory, start)).toEqual(standing);
    const other = newAccount();
    const words = new Uint32Array(1 + standingWords);
    expect(writeStanding(words, 1, standing)).toBe(words.length);
    accounts.takeStanding(other.memory, start, standingCode(standing), words, 1, -1);
    expect(accounts.standing(other.memory, start)).toEqual(standing);
  });

  it("keeps a person's word, and what a machine decided without knowing of it does not replace it", () => {
    const standing: Standing = { action: 'challenge', decisionId: `dec_${'00ff'.repeat(8)}`, sinceMs: firstMs };
    const word = { saidMs: firstMs, holds: 'allow', protectedUntilMs: firstMs + 86_400_000 } as const;
    const lifted: Standing = { ...standing, action: 'allow', decisionId: null, word };
    const { accounts, memory, start } = newAccount();
    accounts.settle(memory, start, lifted);
    expect(accounts.standing(memory, start)).toEqual(lifted);
    accounts.settle(memory, start, { ...standing, action: 'block' });
    expect(accounts.standing(memory, start)).toEqual(lifted);
    const knowing: Standing = { ...standing, action: 'review', word };
    accounts.settle(memory, start, knowing);
    expect(accounts.standing(memory, start)).toEqual(knowing);
    const later: Standing = {
      ...standing,
      action: 'block',
      lasts: true,
      word: { saidMs: firstMs + 1, holds: 'block', protectedUntilMs: 0 },
    };
    accounts.settle(memory, start, later);
    accounts.settle(memory, start, lifted);
    expect(accounts.standing(memory, start)).toEqual(later);
    expect(accounts.lasts(memory, start)).toBe(true);
    const unending: Standing = { ...lifted, word: { saidMs: firstMs + 2, holds: 'allow', protectedUntilMs: Infinity } };
    accounts.settle(memory, start, unending);
    expect(accounts.standing(memory, start)).toEqual(unending);
  });

  it.each([1, 0xab_cd_ef, 0xff_ff_ff])(
    'keeps which group brought what stands, beside the word of a person: %i',
    (cohort) => {
      const { accounts, memory, start } = newAccount();
      const brought: Standing = { action: 'block', decisionId: null, sinceMs: firstMs, cohort };
      const word = { saidMs: firstMs, holds: 'review', protectedUntilMs: 0 } as const;
      for (const one of [brought, { ...brought, word, lasts: true }] satisfies Standing[]) {
        accounts.settle(memory, start, one);
        expect(accounts.standing(memory, start)).toEqual(one);
        expect(accounts.isSound(memory, start)).toBe(true);
      }
      const { cohort: _cohort, ...own } = { ...brought, word };
      accounts.settle(memory, start, own);
      expect(accounts.standing(memory, start)).toEqual(own);
    },
  );

  it('says which label went when another came', () => {
    const { accounts, memory, start } = newAccount();
    const [fake, genuine] = [judgementOf(1, firstMs), judgementOf(2, firstMs)];
    const said = [
      [1, firstMs],
      [2, firstMs],
      [2, firstMs + judgementEpochMs],
    ] as const;
    expect(said.map(([label, timeMs]) => accounts.takeLabel(memory, start, label, timeMs))).toEqual([0, fake, genuine]);
    // The same again renews nothing.
    expect(accounts.judgement(memory, start)).toBe(genuine);
  });

  it('notes nothing of a label that comes after a later one; of two of one moment the genuine one holds', () => {
    const { accounts, memory, start } = newAccount();
    accounts.takeLabel(memory, start, 1, firstMs);
    expect(accounts.takeLabel(memory, start, 2, firstMs - 1)).toBeUndefined();
    expect(accounts.takeLabel(memory, start, 2, firstMs)).toBe(judgementOf(1, firstMs));
    expect(accounts.takeLabel(memory, start, 1, firstMs)).toBeUndefined();
    expect(accounts.judgement(memory, start)).toBe(judgementOf(2, firstMs));
  });

  it('keeps the entities of the signup that it was judged by', () => {
    const { accounts, memory, start } = newAccount();
    accounts.join(memory, start, keysOf(1), 0);
    const { kindIndex } = labelledKinds[0]!;
    const judgement = judgementOf(1, firstMs);
    accounts.takeLabel(memory, start, 1, firstMs);
    accounts.join(memory, start, keysOf(1_000), 0);
    const at = (first: number) =>
      accounts.judgementAt(memory, start, 0, first + kindIndex * 2, first + kindIndex * 2 + 1);
    expect([at(1), at(1_000)]).toEqual([judgement, 0]);
  });

  it('knows the entities of the last signup', () => {
    const { accounts, memory, start } = newAccount();
    const keys = Uint32Array.from({ length: 3 + 60 }, (_, index) => index);
    accounts.join(memory, start, keys, 3);
    for (const [link, { kindIndex }] of labelledKinds.entries())
      expect([accounts.link(memory, start, link, 0), accounts.link(memory, start, link, 1)]).toEqual([
        3 + kindIndex * 2,
        4 + kindIndex * 2,
      ]);
  });

  it('is young until its time is over, and when nothing is known of it', () => {
    expect([NaN, 0, youngAgeMsMax - 1, youngAgeMsMax].map(isYoung)).toEqual([true, true, true, false]);
  });
});
