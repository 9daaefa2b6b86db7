import { describe, expect, it } from 'vitest';
import { EmbeddedGroupStore } from '../../../src/adapters/embedded/group-store.ts';
import { groupDefaults, hashOfTerms, type GroupTerms } from '../../../src/domain/group-terms.ts';
import type { GroupVerdict } from '../../../src/domain/group-verdict.ts';
import type { Standing } from '../../../src/domain/standing.ts';
import { GroupFormer, type OnFound } from '../../../src/groups/former.ts';
import { startMs } from '../../contract/group-sightings.ts';
import { batchOf, eventOf, hasher, signup, type Row } from './batch.ts';

const eager: GroupTerms = {
  ...groupDefaults,
  mode: 'enforce',
  reviewAccountsMin: 3,
  blockAccountsMin: 5,
  reviewWeightMin: 0,
  blockWeightMin: 0,
  blockAccountsMax: 20,
  holdersMax: 20,
};

/** A processor's groups, and what comes of a row after the other. */
function groups(terms: GroupTerms = eager, onFound?: OnFound) {
  const store = new EmbeddedGroupStore({ membersMax: 10_000 });
  const setting = { terms };
  const former = new GroupFormer(store, hasher, () => setting.terms, onFound);
  const find = (...rows: Row[]) => former.find(batchOf(rows));
  const take = async (...rows: Row[]): Promise<readonly GroupVerdict[]> => {
    const found = await find(...rows);
    await found.delivered();
    return found.verdicts.map(({ verdict }) => verdict);
  };
  return { store, setting, find, take };
}

const bot = (index: number): Row => ({ event: signup(`bot_${index}`, 'device-of-bots', { email: 'bots@example.kz' }) });
const bots = (count: number, from = 1) => Array.from({ length: count }, (_, index) => bot(from + index));
const saidOf = (verdicts: readonly GroupVerdict[]) => verdicts.map(({ subject, action }) => `${subject} ${action}`);
const labelled = (subject: string, label: 'genuine' | 'fake', timeMs = startMs + 60_000): Row => ({
  event: eventOf('account.labelled', subject, { label, by: 'appeal' }, { timeMs }),
  standing: standing(label === 'genuine' ? 'allow' : 'block', timeMs, true),
});

function standing(action: 'allow' | 'review' | 'block', sinceMs: number, isSaid = false): Standing {
  const word = { saidMs: sinceMs, holds: action, protectedUntilMs: action === 'allow' ? sinceMs + 86_400_000 : 0 };
  return { action, decisionId: null, sinceMs, ...(isSaid ? { word } : {}) };
}

const login = (index: number): Row => ({
  event: eventOf('account.login', `bot_${index}`, { status: 'succeeded', method: 'password' }),
  standing: standing('review', startMs),
});

describe('groups', () => {
  it('decide backwards: about all that came before the group was recognised', async () => {
    const { setting, take } = groups();
    expect(await take(...bots(2))).toEqual([]);
    const reviewed = await take(bot(3));
    // One hand shares a device and a mailbox: two groups, of the same accounts.
    expect(new Set(reviewed.map(({ cohort }) => cohort)).size).toBe(2);
    expect(new Set(saidOf(reviewed))).toEqual(new Set(['bot_1 review', 'bot_2 review', 'bot_3 review']));
    await take(bot(4));
    const blocked = await take(bot(5));
    expect(new Set(saidOf(blocked))).toEqual(new Set([1, 2, 3, 4, 5].map((index) => `bot_${index} block`)));
    expect(blocked[0]).toMatchObject({ size: 5, due: 'block', heldBy: [], revision: 2, timeMs: startMs });
    expect(blocked[0]!.terms).toBe(hashOfTerms(setting.terms));
  });

  it('say again what one asks for where another, which had brought what stands, lets go', async () => {
    const { take } = groups();
    await take(...bots(5), { event: signup('bot_6', 'device-of-bots') });
    // Who is genuine has the device of the others, and not their mailbox.
    const said = await take(labelled('bot_6', 'genuine'));
    for (const index of [1, 2, 3, 4, 5]) {
      const own = said.filter(({ subject }) => subject === `bot_${index}`);
      expect(own.map(({ action, size }) => [action, size])).toEqual([
        ['review', 6],
        ['block', 5],
      ]);
    }
    expect(await take(labelled('bot_6', 'genuine'))).toEqual([]);
  });

  it('are counted once, when they first ask for something', async () => {
    const told: unknown[] = [];
    const { take } = groups({ ...eager, mode: 'shadow' }, (verdicts, mode, formed) =>
      told.push([mode, formed, verdicts.length]),
    );
    await take(...bots(3));
    await take(bot(4));
    expect(told).toEqual([
      ['shadow', 2, 6],
      ['shadow', 0, 2],
    ]);
  });

  it('take in who comes later, and say nothing again of the others', async () => {
    const { take } = groups();
    await take(...bots(5));
    expect(new Set(saidOf(await take(bot(6))))).toEqual(new Set(['bot_6 block']));
    expect(await take(bot(6))).toEqual([]);
  });

  it('are found again with the same revision until they were delivered', async () => {
    const { find, take } = groups();
    const first = await find(...bots(5));
    const again = await find(...bots(5));
    expect(again.verdicts).toEqual(first.verdicts);
    await again.delivered();
    expect(await take(...bots(5))).toEqual([]);
  });

  it('are looked at again when a person finds one of them genuine, and then ask for less', async () => {
    const { take } = groups();
    await take(...bots(5));
    const verdicts = await take(labelled('bot_2', 'genuine'));
    const of = (subject: string) => verdicts.find((verdict) => verdict.subject === subject);
    expect(of('bot_2')).toMatchObject({ action: 'allow', revision: 2, ties: [] });
    expect(of('bot_1')).toMatchObject({ action: 'review', due: 'review', revision: 2 });
    expect(await take(bot(6), bot(7))).not.toContainEqual(expect.objectContaining({ action: 'block' }));
  });

  it('are looked at again by a word that is dated before what they last said, and are not overtaken by it', async () => {
    const { take } = groups();
    const later = startMs + 3_600_000;
    await take(...bots(4).map(({ event }) => ({ event: { ...event, timeMs: later } })), {
      event: { ...bot(5).event, timeMs: later },
    });
    const verdicts = await take(...[1, 2, 3].map((index) => labelled(`bot_${index}`, 'genuine')));
    expect(new Set(saidOf(verdicts))).toEqual(new Set([1, 2, 3, 4, 5].map((index) => `bot_${index} allow`)));
    expect(new Set(verdicts.map(({ timeMs }) => timeMs))).toEqual(new Set([later]));
  });

  it('of whom people found several genuine are taken back', async () => {
    const { take } = groups();
    await take(...bots(5));
    const verdicts = await take(...[1, 2, 3].map((index) => labelled(`bot_${index}`, 'genuine')));
    expect(new Set(saidOf(verdicts))).toEqual(new Set([1, 2, 3, 4, 5].map((index) => `bot_${index} allow`)));
  });

  it('are taken back when it turns out that everybody has what they share', async () => {
    const { take, store } = groups();
    await take(...bots(5));
    const verdicts = await take(...bots(16, 6));
    expect(verdicts.every(({ action }) => action === 'allow')).toBe(true);
    expect(new Set(verdicts.map(({ subject }) => subject)).size).toBe(5);
    expect(await take(...bots(3, 50))).toEqual([]);
    expect(store.size()).toBe(24);
  });

  it('count evidence that comes later', async () => {
    const { take } = groups();
    const clean = bots(5).map((row) => ({ ...row, score: 0.1 }));
    expect(await take(...clean)).toEqual([]);
    expect(new Set(saidOf(await take(login(1), login(2), login(3))))).toEqual(
      new Set([1, 2, 3].map((index) => `bot_${index} review`)),
    );
  });

  it('do not take for evidence what a group alone brought', async () => {
    const { take } = groups();
    await take(...bots(5).map((row) => ({ ...row, score: 0.1 })));
    const again: Row[] = bots(5).map(({ event }) => ({
      event,
      score: 0.1,
      standing: { ...standing('block', startMs), cohort: 77 },
    }));
    expect(await take(...again)).toEqual([]);
  });

  it('forget who asks for it, in the order of the batch', async () => {
    const { take, store } = groups();
    await take(...bots(4));
    const erasure: Row = { event: eventOf('account.erasure_requested', 'bot_2', {}) };
    await take(erasure);
    expect(store.size()).toBe(3);
    const verdicts = await take(bot(5), bot(2), erasure, bot(6));
    expect(store.size()).toBe(5);
    expect(verdicts.map(({ subject }) => subject)).not.toContain('bot_2');
    await take(erasure, bot(2));
    expect(store.size()).toBe(6);
  });

  it('say nothing in shadow, and all of it once the policy lets them act', async () => {
    const { take, setting } = groups({ ...eager, mode: 'shadow' });
    expect(await take(...bots(5))).toEqual([]);
    expect(await take(bot(6))).toEqual([]);
    setting.terms = eager;
    expect(new Set((await take(bot(7))).map(({ subject }) => subject)).size).toBe(7);
  });

  it('learn nothing while nobody seeks them', async () => {
    const { take, store } = groups({ ...eager, mode: 'off' });
    await take(...bots(5));
    expect(store.size()).toBe(0);
  });

  it('say each verdict by the row that brought it', async () => {
    const { find } = groups();
    const stranger: Row = { event: signup('stranger', 'another-device') };
    const { verdicts } = await find(...bots(4), stranger, bot(5), stranger);
    expect(new Set(verdicts.map(({ row }) => row))).toEqual(new Set([5]));
  });

  it('hold no raw value of what is shared', async () => {
    const { take } = groups();
    const text = JSON.stringify(await take(...bots(5)));
    expect(text).not.toMatch(/device-of-bots|example\.kz/);
  });
});
