import { describe, expect, it } from 'vitest';
import { Selection, type Criteria } from '../../../../src/cli/person/selection.ts';
import type { WireDecision } from '../../../../src/wire/decision-schema.ts';
import { exampleDecision } from '../../../../src/wire/examples.ts';

let made = 0;

function decision(
  subject: string,
  data: Partial<WireDecision['data']>,
  time = '2026-11-24T04:00:00.000Z',
): WireDecision {
  const { cohort: _cohort, restrained_by: _by, matched: _matched, ...plain } = exampleDecision.data;
  const id = `dec_${String(++made).padStart(32, '0')}`;
  return { ...exampleDecision, id, subject, time, data: { ...plain, rules: [], action: 'block', ...data } };
}

const byRule = (subject: string, version = 1, action: WireDecision['data']['action'] = 'block') =>
  decision(subject, { action, rules: [{ id: 'bad', version }] });

function at(subject: string, hour: string): WireDecision {
  return decision(subject, {}, `2026-11-24T${hour}:00:00.000Z`);
}

function chosen(criteria: Omit<Criteria, 'label'> & Partial<Criteria>, ...decisions: readonly WireDecision[]) {
  const selection = new Selection({ label: 'genuine', ...criteria });
  for (const each of decisions) selection.decided(each);
  return selection.chosen();
}

/** Of accounts of which something cannot be read, of all but one. */
function chosenBesideUnread(criteria: Omit<Criteria, 'label'>) {
  const selection = new Selection({ label: 'genuine', ...criteria });
  for (const account of ['reviewed', 'read']) selection.decided(byRule(account, 1, 'review'));
  for (const account of ['reviewed', 'unread', 'lifted']) selection.unread(account);
  for (const account of ['reviewed', 'unread']) selection.decided(byRule(account));
  for (const action of ['allow', 'block'] as const) selection.decided(byRule('lifted', 1, action));
  return selection.chosen();
}

const idsOf = ({ accounts }: ReturnType<typeof chosen>): readonly string[] =>
  accounts.map(({ accountId }) => accountId);

describe('what a command is about', () => {
  it('is what a rule asked for, of one version or of all', () => {
    const decisions = [byRule('a', 1), byRule('b', 2), decision('c', { matched: [{ id: 'bad', version: 1 }] })];
    expect(idsOf(chosen({ rule: { name: 'bad' } }, ...decisions))).toEqual(['a', 'b']);
    expect(idsOf(chosen({ rule: { name: 'bad', version: 2 } }, ...decisions))).toEqual(['b']);
  });

  it('is to be blocked also where the rule was only watched', () => {
    const seen = decision('c', { action: 'allow', matched: [{ id: 'bad', version: 1, shadow: true }] });
    expect(idsOf(chosen({ rule: { name: 'bad' }, label: 'fake' }, seen))).toEqual(['c']);
  });

  it.each<[string, Partial<Criteria>, Partial<WireDecision['data']>]>([
    ['a model', { model: { name: 'own' } }, { model: { ...exampleDecision.data.model, name: 'own' } }],
    ['a policy', { policy: 'abcdef01' }, { policy: { version: '9', sha256: `abcdef01${'0'.repeat(56)}` } }],
    ['a list', { list: 'denied' }, { cause: { kind: 'list', list: 'denied', entry: 'e' } }],
    ['a list that held back', { list: 'partners' }, { restrained_by: ['list:partners:e'] }],
    ['a group', { group: 'coh_1' }, { cohort: 'coh_1' }],
  ])('is what %s decided, and nothing else', (_, criteria, data) => {
    expect(idsOf(chosen(criteria, decision('a', data), decision('b', {})))).toEqual(['a']);
  });

  it('lies within its times, the end left out', () => {
    const fromMs = Date.parse('2026-11-24T02:00:00Z');
    const criteria = { model: { name: exampleDecision.data.model.name }, fromMs, toMs: fromMs + 7_200_000 };
    expect(idsOf(chosen(criteria, at('a', '01'), at('b', '02'), at('c', '03'), at('d', '04')))).toEqual(['b', 'c']);
  });

  it('names the last decision of each account, counts all, and leaves out whom nothing stands for', () => {
    const free = [byRule('b'), decision('b', { action: 'allow' })];
    const last = byRule('a', 1, 'review');
    const result = chosen({ rule: { name: 'bad' } }, byRule('a'), last, ...free);
    expect(result).toMatchObject({ decisions: 3, free: 1 });
    expect(result.accounts).toEqual([{ accountId: 'a', decisionId: last.id }]);
  });

  // Who had been reviewed for a bad rule, and was blocked by the score later, was set free with those whom the rule had blocked.
  it('is not what something else brought, before or since, unless accounts are named', () => {
    const decisions = [
      byRule('reviewed', 1, 'review'),
      decision('reviewed', {}),
      decision('blocked before', {}),
      byRule('blocked before'),
      byRule('blocked by it'),
      decision('blocked by it', {}),
      decision('escalated', { action: 'review' }),
      byRule('escalated'),
      decision('lifted, then blocked by it', {}),
      decision('lifted, then blocked by it', { action: 'allow' }),
      byRule('lifted, then blocked by it'),
    ];
    const result = chosen({ rule: { name: 'bad' } }, ...decisions);
    expect(idsOf(result)).toEqual(['blocked by it', 'escalated', 'lifted, then blocked by it']);
    expect(result).toMatchObject({ others: 2, free: 0 });
    expect(idsOf(chosen({ accounts: new Set(['reviewed']) }, ...decisions))).toEqual(['reviewed']);
    // To say that they are fake takes nothing back.
    expect(chosen({ rule: { name: 'bad' }, label: 'fake' }, ...decisions).accounts).toHaveLength(5);
  });

  // Who was reviewed for a bad rule, and blocked by what only a later version reads, was set free and protected.
  it('is not what may stand by something that cannot be read, unless accounts are named', () => {
    const found = chosenBesideUnread({ rule: { name: 'bad' } });
    expect(idsOf(found)).toEqual(['read', 'lifted']);
    expect(found).toMatchObject({ others: 2 });
    expect(idsOf(chosenBesideUnread({ accounts: new Set(['reviewed']) }))).toEqual(['reviewed']);
  });

  // A command against a bad model set free, and protected, whom reviewers had found fake: their decisions name the model too.
  it.each<[string, Partial<Criteria>]>([
    ['a model', { model: { name: exampleDecision.data.model.name } }],
    ['a policy', { policy: exampleDecision.data.policy.sha256.slice(0, 8) }],
  ])('is not what a person said, where %s is meant', (_, criteria) => {
    const word = { cause: { kind: 'label', event_id: 'e', by: 'review' } } as const;
    const confirmed = [decision('confirmed', {}), decision('confirmed', word)];
    const found = chosen(criteria, decision('judged', word), decision('blocked', {}), ...confirmed);
    expect(idsOf(found)).toEqual(['blocked']);
    expect(found).toMatchObject({ foundFake: 1, others: 0 });
    expect(idsOf(chosen({ accounts: new Set(['judged']), fromMs: 0 }, decision('judged', word)))).toEqual(['judged']);
  });

  // A label that changes nothing brings no decision: who had confirmed a rule's block saw it lifted with the others.
  it('is nobody whom people found fake last, whoever blocked them', () => {
    const selection = new Selection({ label: 'genuine', rule: { name: 'bad' } });
    for (const each of [byRule('confirmed'), byRule('cleared'), byRule('unseen')]) selection.decided(each);
    for (const account of ['confirmed', 'cleared']) selection.labelled(account, 'fake');
    selection.labelled('cleared', 'genuine');
    expect(idsOf(selection.chosen())).toEqual(['cleared', 'unseen']);
    expect(selection.chosen()).toMatchObject({ foundFake: 1, labelledGenuine: 1 });
  });

  it('is who was named, whether or not anything was decided about them', () => {
    expect(idsOf(chosen({ accounts: new Set(['x', 'y']) }, byRule('y'), byRule('z')))).toEqual(['x', 'y']);
    expect(idsOf(chosen({ accounts: new Set(['x', 'y']), rule: { name: 'bad' } }, byRule('y'), byRule('z')))).toEqual([
      'y',
    ]);
  });

  it('tells how many of them people have found genuine, by decisions and by labels', () => {
    const lifted = decision('a', { action: 'allow', cause: { kind: 'label', event_id: 'e', by: 'appeal' } });
    const selection = new Selection({ label: 'fake', rule: { name: 'bad' } });
    for (const each of [byRule('a'), lifted, byRule('b'), byRule('c')]) selection.decided(each);
    selection.labelled('b', 'genuine');
    expect(selection.chosen().labelledGenuine).toBe(2);
  });

  it('is nothing that was decided in shadow', () => {
    expect(
      chosen({ rule: { name: 'bad' } }, { ...byRule('a'), data: { ...byRule('a').data, mode: 'shadow' } }),
    ).toMatchObject({
      decisions: 0,
      accounts: [],
    });
  });
});

describe('what no decision names', () => {
  const rules = [
    byRule('a', 1),
    byRule('b', 2),
    decision('c', { matched: [{ id: 'watched', version: 1, shadow: true }] }),
  ];

  it.each<[string, Partial<Criteria>, string]>([
    [
      'a rule that is misspelt',
      { rule: { name: 'bda' } },
      'No decision names the rule bda. Did you mean bad? They name bad@1, bad@2.',
    ],
    [
      'a version that there was not',
      { rule: { name: 'bad', version: 3 } },
      'No decision names the rule bad@3. They name bad@1, bad@2.',
    ],
    ['a list, where there is none', { list: 'partners' }, 'No decision names the list partners. None names any list.'],
    ['a group', { group: 'coh_1' }, 'No decision names the group coh_1. None names any group.'],
    [
      'a rule that only matched, when its work is to be lifted',
      { rule: { name: 'watched' } },
      'The rule watched asked for none of the decisions: it was watched, or others asked for more.',
    ],
  ])('is said of %s', (_, criteria, sentence) => {
    expect(chosen(criteria, ...rules).unknown).toEqual([sentence]);
  });

  it('is nothing where all that was asked for is named', () => {
    const { name, version } = exampleDecision.data.model;
    const { sha256 } = exampleDecision.data.policy;
    for (const criteria of [{ rule: { name: 'bad' } }, { model: { name, version } }, { policy: sha256.slice(0, 8) }])
      expect(chosen(criteria, ...rules).unknown).toEqual([]);
    expect(chosen({ rule: { name: 'watched' }, label: 'fake' }, ...rules).unknown).toEqual([]);
  });

  it('is told with a few of those that are named, however many there are', () => {
    const many = Array.from({ length: 2_000 }, (_, index) =>
      decision('a', { rules: [{ id: `rule-${index}`, version: 1 }] }),
    );
    expect(chosen({ rule: { name: 'other' } }, ...many).unknown[0]!.length).toBeLessThan(300);
  });

  it('is never what a decision does name, however many others came before', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => decision(`a${index}`, { cohort: `coh_${index}` }));
    const { unknown, decisions } = chosen({ group: 'coh_1999' }, ...many);
    expect([decisions, unknown]).toEqual([1, []]);
  });
});
