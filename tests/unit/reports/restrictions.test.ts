import { describe, expect, it } from 'vitest';
import type { DecisionRow, WordRow } from '../../../src/reports/record.ts';
import { readTurns } from '../../../src/reports/read-turns.ts';
import type { Turn } from '../../../src/reports/restrictions.ts';
import { dayMs, decisionRow, recordOf, startMs, wordRow } from './rows.ts';

async function turnsOf(decisions: readonly DecisionRow[], words: readonly WordRow[] = []): Promise<readonly Turn[]> {
  const turns: Turn[] = [];
  await readTurns(recordOf(decisions, words), Infinity, ['block'], (turn) => turns.push(turn));
  return turns;
}

const told = (turns: readonly Turn[]) => turns.map((turn) => (turn.kind === 'ended' ? turn.how : turn.kind));
const at = (day: number): number => startMs + day * dayMs;
const label = (saidBy: DecisionRow['saidBy'], action: DecisionRow['action']) =>
  ({ cause: 'label', saidBy, action, exists: null }) as const;

describe('what counts as a restriction', () => {
  it('is the first of several decisions that say the same, until one says less', async () => {
    const first = decisionRow({ timeMs: at(1) });
    const turns = await turnsOf([
      first,
      decisionRow({ timeMs: at(2) }),
      decisionRow({ timeMs: at(3), action: 'allow' }),
      decisionRow({ timeMs: at(4) }),
    ]);
    expect(told(turns)).toEqual(['imposed', 'time', 'imposed']);
    expect(turns[0]).toMatchObject({ restriction: { decision: first.id, measure: 'account', timeMs: at(1) } });
  });

  it('is nothing that is only watched, asked for a look, or held back', async () => {
    expect(
      await turnsOf([
        decisionRow({ mode: 'shadow' }),
        decisionRow({ action: 'review' }),
        decisionRow({ action: 'challenge', account: 2 }),
      ]),
    ).toEqual([]);
  });

  it('is no signup that was refused before there was an account, also where a list says the same later', async () => {
    const refused = decisionRow({ timeMs: at(1), exists: false, eventType: 'account.signup', createdMs: null });
    const turns = await turnsOf([
      refused,
      decisionRow({ timeMs: at(2), cause: 'list', exists: null, createdMs: null }),
    ]);
    expect(told(turns)).toEqual(['refused-at-creation', 'refused-at-creation']);
  });

  it('is one where a person speaks of an account of which nothing else is known', async () => {
    const [turn] = await turnsOf([decisionRow({ ...label('review', 'block'), createdMs: null })]);
    expect(turn).toMatchObject({ kind: 'imposed', restriction: { createdMs: null } });
  });

  it('is one once the account is there', async () => {
    const tried = { exists: false, eventType: 'account.signup', createdMs: null } as const;
    expect(told(await turnsOf([decisionRow({ timeMs: at(1), ...tried }), decisionRow({ timeMs: at(2) })]))).toEqual([
      'refused-at-creation',
      'imposed',
    ]);
  });

  it('is not known of a signup that does not say whether there was an account', async () => {
    const turns = await turnsOf([decisionRow({ eventType: 'account.signup', exists: null })]);
    expect(told(turns)).toEqual(['unknown-account']);
  });

  it('knows the day of registration from what was decided before', async () => {
    const [turn] = await turnsOf([
      decisionRow({ timeMs: at(1), action: 'review', createdMs: at(0) }),
      decisionRow({ timeMs: at(30), createdMs: null }),
    ]);
    expect(turn).toMatchObject({ kind: 'imposed', restriction: { createdMs: at(0) } });
  });

  it('takes what replaces another after it, also where both have one time', async () => {
    const lifted = decisionRow({ id: `dec_${'0'.repeat(32)}`, timeMs: at(2), action: 'allow' });
    const blocked = decisionRow({ id: `dec_${'f'.repeat(32)}`, timeMs: at(2) });
    const turns = await turnsOf([{ ...lifted, supersedes: blocked.id }, blocked]);
    expect(told(turns)).toEqual(['imposed', 'time']);
  });

  it('stands for itself where the account was forgotten', async () => {
    const gone = { account: null, timeMs: at(1) };
    expect(told(await turnsOf([decisionRow(gone), decisionRow(gone)]))).toEqual(['imposed', 'imposed']);
  });

  it('is a part of the service, where the platform restricts by challenges too', async () => {
    const turns: Turn[] = [];
    const rows = [decisionRow({ timeMs: at(1), action: 'challenge' }), decisionRow({ timeMs: at(2) })];
    await readTurns(recordOf(rows), Infinity, ['challenge', 'block'], (turn) => turns.push(turn));
    expect(told(turns)).toEqual(['imposed', 'replaced', 'imposed']);
    expect(turns[0]).toMatchObject({ restriction: { measure: 'service' } });
  });
});

describe('how a restriction ends', () => {
  it.each([
    ['appeal', label('appeal', 'allow')],
    ['own', label('review', 'allow')],
    ['own', label('operator', 'allow')],
    ['own', { cause: 'governor', action: 'review' }],
    ['own', { cause: 'event', action: 'allow', restrainedBy: ['list:partners'] }],
    ['time', { cause: 'event', action: 'review' }],
    ['erasure', { cause: 'erasure', action: 'allow' }],
  ] as const)('by %s', async (how, ending) => {
    const turns = await turnsOf([decisionRow({ timeMs: at(1) }), decisionRow({ timeMs: at(2), ...ending })]);
    expect(told(turns)).toEqual(['imposed', how]);
  });
});

describe('who found it', () => {
  it.each([
    ['an event', {}, { isDetectedByMachine: true, automation: 'fully', source: 'own' }],
    [
      'a report of a user',
      { eventType: 'account.reported' },
      { isDetectedByMachine: true, automation: 'fully', source: 'report' },
    ],
    ['a reviewer', label('review', 'block'), { isDetectedByMachine: false, automation: 'none', source: 'own' }],
    ['a trap', label('honeypot', 'block'), { isDetectedByMachine: true, automation: 'fully', source: 'own' }],
    ['a bank', label('chargeback', 'block'), { isDetectedByMachine: false, automation: 'fully', source: 'notice' }],
    ['a command', { cause: 'operator' }, { isDetectedByMachine: false, automation: 'none', source: 'own' }],
    ['a group', { cause: 'group' }, { isDetectedByMachine: true, automation: 'fully', source: 'own' }],
  ] as const)('%s', async (_, changes, finding) => {
    const [turn] = await turnsOf([decisionRow(changes)]);
    expect(turn).toMatchObject({ kind: 'imposed', restriction: { finding } });
  });

  it('a reviewer whom a machine had asked', async () => {
    const [turn] = await turnsOf([
      decisionRow({ timeMs: at(1), action: 'review' }),
      decisionRow({ timeMs: at(2), ...label('review', 'block') }),
    ]);
    expect(turn).toMatchObject({ restriction: { finding: { isDetectedByMachine: true, automation: 'partly' } } });
  });
});

describe('a complaint', () => {
  it('is about the decision that it names, or about the last restriction', async () => {
    const [first, lifted, second] = [
      decisionRow({ timeMs: at(1) }),
      decisionRow({ timeMs: at(2), action: 'allow' }),
      decisionRow({ timeMs: at(3) }),
    ] as const;
    const turns = await turnsOf(
      [first, lifted, second],
      [wordRow({ timeMs: at(4), label: 'fake' }), wordRow({ timeMs: at(5), decision: first.id })],
    );
    expect(turns.filter(({ kind }) => kind === 'complaint')).toMatchObject([
      { outcome: 'upheld', restriction: { decision: second.id } },
      { outcome: 'reversed', restriction: { decision: first.id } },
    ]);
  });

  it('comes before what follows from it', async () => {
    const turns = await turnsOf(
      [decisionRow({ timeMs: at(1) }), decisionRow({ timeMs: at(2), ...label('appeal', 'allow') })],
      [wordRow({ timeMs: at(2) })],
    );
    expect(told(turns)).toEqual(['imposed', 'complaint', 'appeal']);
  });

  it('is no label of anybody else', async () => {
    expect(
      await turnsOf([], [wordRow({ saidBy: 'review' }), wordRow({ type: 'account.erasure_requested', label: null })]),
    ).toEqual([]);
  });
});
