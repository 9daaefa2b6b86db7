import { describe, expect, it } from 'vitest';
import { Tally, type Truth } from '../../../src/evaluation/tally.ts';
import type { Action, Decision } from '../../../src/domain/decision.ts';
import type { AccountEvent } from '../../../src/domain/event.ts';
import type { FoundVerdict } from '../../../src/domain/group-verdict.ts';
import { readFacts } from '../../../src/features/facts.ts';
import { batchReport } from '../adapters/prometheus/batch-report.ts';
import { loginOf } from '../steps/events.ts';

/** One event of an account, and the action that was sent for it; null for silence. */
type Happened = readonly [account: string, action: Action | null, ...codes: string[]];

/** Tells a tally of events in batches of a length. */
function tallyOf(truth: Readonly<Record<string, Truth>>, happened: readonly Happened[], batchLength = 100): Tally {
  const tally = new Tally(new Map(Object.entries(truth)));
  for (let from = 0; from < happened.length; from += batchLength) {
    const decisions: Decision[] = [];
    const facts = happened.slice(from, from + batchLength).map(([account, action, ...codes]) => {
      const event = loginOf(account);
      if (action !== null) {
        const reasons = codes.map((code) => ({ code, text: code, contribution: 1 }));
        const cause = { kind: 'event' };
        decisions.push({
          subject: account,
          action,
          cause,
          reasons,
          trigger: { eventId: event.id },
        } as unknown as Decision);
      }
      return readFacts(event);
    });
    tally.decided(facts, decisions);
  }
  return tally;
}

const fake = (segment = 'campaign:bulk:1'): Truth => ({ label: 'fake', segment });
const genuine = (segment = 'honest:family'): Truth => ({ label: 'genuine', segment });

describe('a tally', () => {
  it('counts events, accounts and decisions', () => {
    const tally = tallyOf({}, [
      ['a', null],
      ['a', 'challenge'],
      ['b', 'block'],
      ['c', null],
    ]);
    expect(tally.events).toBe(4);
    expect(tally.summary()).toMatchObject({
      events: 4,
      accounts: 3,
      decisions: { allow: 0, challenge: 1, review: 0, block: 1 },
    });
  });

  it('counts labels of accounts that the stream does not have: their ids may be quoted, or cut', () => {
    expect(tallyOf({ '"a"': fake(), '"b"': genuine() }, [['a', null]]).summary().unusedLabels).toBe(2);
    expect(tallyOf({ a: fake(), b: genuine() }, [['a', null]]).summary().unusedLabels).toBe(1);
  });

  it('counts dead letters and rules over batches', () => {
    const tally = new Tally(new Map());
    const rule = { id: 'a', mode: 'enforce', count: 2 } as const;
    tally.reported(batchReport({ deadLetters: { EVENT_EMPTY: 2, EVENT_NOT_JSON: 1 }, rules: [rule] }));
    tally.reported(
      batchReport({
        deadLetters: { EVENT_EMPTY: 1 },
        rules: [
          { ...rule, mode: 'shadow' },
          { ...rule, id: 'b', count: 9 },
        ],
      }),
    );
    tally.reported(batchReport({ rules: [rule] }));
    expect(tally.summary()).toMatchObject({
      deadLetters: 4,
      rules: [
        { id: 'b', mode: 'enforce', count: 9 },
        { id: 'a', mode: 'enforce', count: 4 },
        { id: 'a', mode: 'shadow', count: 2 },
      ],
    });
  });

  it('names the reasons given most, no more than are asked for', () => {
    const tally = tallyOf({}, [
      ['a', 'block', 'X', 'Y'],
      ['b', 'block', 'Y', 'Z'],
      ['c', 'review', 'Y', 'X'],
    ]);
    expect(tally.topReasons(2)).toEqual([
      { code: 'Y', count: 3 },
      { code: 'X', count: 2 },
    ]);
    expect(tally.topReasons(9)).toHaveLength(3);
  });

  it('refuses a decision whose event it was not told', () => {
    const decision = {
      subject: 'a',
      action: 'block',
      cause: { kind: 'event' },
      reasons: [],
      trigger: { eventId: 'none' },
    } as unknown as Decision;
    expect(() => new Tally(new Map()).decided([readFacts(loginOf('a'))], [decision])).toThrow(/has its event/);
  });
});

describe('the quality of a tally', () => {
  const truth = { f1: fake(), f2: fake(), f3: fake(), f4: fake(), g1: genuine(), g2: genuine(), absent: fake() };
  const happened: readonly Happened[] = [
    ['f1', 'block'],
    ['f2', 'challenge'],
    ['f2', 'review'],
    ['f3', 'challenge'],
    ['f3', 'allow'],
    ['f4', null],
    ['g1', 'challenge'],
    ['g1', 'allow'],
    ['g2', null],
    ['unknown', 'block'],
  ];

  it('is by account, for each action or a stronger one that it ever got', () => {
    expect(tallyOf(truth, happened).summary().quality).toMatchObject([
      { action: 'block', caught: 1, wronged: 0, precision: 1, recall: 1 / 4, falsePositiveRate: 0 },
      { action: 'review', caught: 2, wronged: 0, precision: 1, recall: 2 / 4, falsePositiveRate: 0 },
      { action: 'challenge', caught: 3, wronged: 1, precision: 3 / 4, recall: 3 / 4, falsePositiveRate: 1 / 2 },
    ]);
  });

  it('is told of what stands in the end beside it: lifts count', () => {
    const lifted: typeof happened = [
      ['f1', 'block'],
      ['f1', 'allow'],
      ['f2', 'block'],
      ['g1', 'block'],
      ['g1', 'review'],
    ];
    const [block] = tallyOf(truth, lifted).summary().quality!;
    expect(block).toMatchObject({ caught: 2, wronged: 1, ends: { caught: 1, wronged: 0 } });
  });

  it('is not known without labels', () => {
    expect(tallyOf({}, happened).summary()).toMatchObject({ quality: null, campaigns: [] });
  });

  it('is no number where there is nothing to divide by', () => {
    const [block] = tallyOf({ g1: genuine() }, [['g1', null]]).summary().quality!;
    expect(block).toMatchObject({
      action: 'block',
      caught: 0,
      wronged: 0,
      precision: NaN,
      recall: NaN,
      falsePositiveRate: 0,
    });
  });
});

describe('the campaigns of a tally', () => {
  const truth = {
    a1: fake('campaign:slow:1'),
    a2: fake('campaign:slow:1'),
    a3: fake('campaign:slow:1'),
    b1: fake('campaign:bulk:1'),
    g1: genuine(),
  };

  it('are the segments of that name, in their order', () => {
    const { campaigns } = tallyOf(truth, [
      ['a1', 'challenge'],
      ['g1', 'block'],
      ['a2', null],
      ['b1', 'block'],
      ['a3', 'block'],
    ]).summary();
    expect(campaigns).toEqual([
      {
        segment: 'bulk:1',
        accounts: 1,
        blocked: 1,
        blockedByGroup: 0,
        acted: 1,
        createdBeforeFirstBlock: 0,
        createdBeforeGroupBlock: null,
      },
      {
        segment: 'slow:1',
        accounts: 3,
        blocked: 1,
        blockedByGroup: 0,
        acted: 2,
        createdBeforeFirstBlock: 2,
        createdBeforeGroupBlock: null,
      },
    ]);
  });

  it.each<readonly [string, readonly Happened[], number | null]>([
    [
      'none is blocked',
      [
        ['a1', 'review'],
        ['a2', null],
      ],
      null,
    ],
    [
      'the first is blocked at once',
      [
        ['a1', 'block'],
        ['a2', null],
        ['a3', null],
      ],
      0,
    ],
    [
      'the second is blocked at once',
      [
        ['a1', null],
        ['a2', 'block'],
        ['a3', null],
      ],
      1,
    ],
    [
      'the first is blocked later',
      [
        ['a1', null],
        ['a2', null],
        ['a1', 'block'],
        ['a3', null],
      ],
      1,
    ],
    [
      'a second is blocked too',
      [
        ['a1', null],
        ['a2', 'block'],
        ['a3', 'block'],
      ],
      1,
    ],
    [
      'others come between',
      [
        ['g1', null],
        ['b1', null],
        ['a1', null],
        ['g1', 'block'],
        ['a2', 'block'],
      ],
      1,
    ],
  ])('count what had been created before the first block: %s', (_, happened, created) => {
    // Accounts that came after the block in the same batch were counted too, up to 255 of them.
    for (const batchLength of [1, 2, 100]) {
      const { campaigns } = tallyOf(truth, happened, batchLength).summary();
      expect(campaigns.find(({ segment }) => segment === 'slow:1')!.createdBeforeFirstBlock).toBe(created);
    }
  });
});

describe('what groups came to', () => {
  const truth = { f1: fake(), f2: fake(), f3: fake(), g1: genuine() };
  const cohort = `coh_${'0'.repeat(32)}`;
  const found = (subject: string, action: 'block' | 'review' | 'allow', of = cohort) =>
    ({ row: 0, verdict: { cohort: of, subject, action } }) as unknown as FoundVerdict;
  const decisionOf = (subject: string, eventId: string, kind: 'event' | 'group') =>
    ({
      subject,
      action: 'block',
      reasons: [],
      cause: kind === 'group' ? { kind, cohort, verdict: eventId } : { kind },
      trigger: { eventId },
    }) as unknown as Decision;

  it('is told by who asked, and whom it hit first', () => {
    const tally = tallyOf(truth, [
      ['f1', null],
      ['f2', null],
      ['g1', null],
    ]);
    tally.grouped([found('f1', 'block'), found('f2', 'block'), found('g1', 'review')], 'enforce');
    const verdicts = ['f1', 'f2'].map((subject) => ({ ...loginOf(subject), type: 'account.group_verdict', data: {} }));
    const facts = verdicts.map((event) => readFacts(event as unknown as AccountEvent));
    tally.decided(
      facts,
      facts.map(({ event }) => decisionOf(event.subject, event.id, 'group')),
    );
    const own = loginOf('f3');
    tally.decided([readFacts(own)], [decisionOf('f3', own.id, 'event')]);
    const { groups, events, campaigns, quality } = tally.summary();
    // A verdict is no event of the stream.
    expect(events).toBe(4);
    expect(groups).toEqual({
      mode: 'enforce',
      groups: 1,
      asked: { block: { accounts: 2, fake: 2, genuine: 0 }, review: { accounts: 1, fake: 0, genuine: 1 } },
      blockedBy: { group: { accounts: 2, fake: 2, genuine: 0 }, own: { accounts: 1, fake: 1, genuine: 0 } },
    });
    expect(campaigns[0]).toMatchObject({
      blocked: 3,
      blockedByGroup: 2,
      createdBeforeFirstBlock: 1,
      createdBeforeGroupBlock: 1,
    });
    expect(quality!.find(({ action }) => action === 'block')).toMatchObject({ caught: 3, wronged: 0 });
  });

  it('counts what a group says last, and the strongest of several groups', () => {
    const tally = tallyOf(truth, [
      ['f1', null],
      ['f2', null],
    ]);
    tally.grouped([found('f1', 'block'), found('f2', 'block')], 'shadow');
    tally.grouped(
      [found('f1', 'allow'), found('f2', 'review'), found('f2', 'block', `coh_${'1'.repeat(32)}`)],
      'shadow',
    );
    const { asked, groups, mode } = tally.summary().groups;
    expect({ mode, groups }).toEqual({ mode: 'shadow', groups: 2 });
    expect(asked).toMatchObject({ block: { accounts: 1 }, review: { accounts: 0 } });
  });
});
