import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions, strengthOf, type Action, type Degradation } from '../../../src/domain/decision.ts';
import type { AccountEvent } from '../../../src/domain/event.ts';
import type { Standing } from '../../../src/domain/standing.ts';
import { readFacts } from '../../../src/features/facts.ts';
import { entityKinds } from '../../../src/features/state.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { observationFates, type ObservationFate } from '../../../src/ports.ts';
import type { Outcome } from '../../../src/steps/outcome.ts';
import { championForAll, type Ballot } from '../../../src/scoring/ballot.ts';
import { decideBatch, type Emission } from '../../../src/steps/decide-batch.ts';
import { decisionId } from '../../../src/wire/decision-id.ts';
import { matrixOf } from '../scoring/rows.ts';
import { labelOf, loginOf, model, observationsOf, policyOf, signupOf, startMs } from './events.ts';

const hourMs = 3_600_000;
const plain = policyOf();
const acting: Emission = new Set<Action>(['challenge', 'review', 'block']);

/** A score that asks for an action. */
const scoreOf = { allow: 0.1, challenge: 0.6, review: 0.9, block: 0.99 } as const satisfies Record<Action, number>;

interface Given {
  readonly scores?: readonly number[] | null;
  readonly standings?: readonly (Standing | undefined)[] | null;
  readonly features?: readonly Readonly<Record<string, number>>[];
  readonly policy?: Policy;
  readonly degraded?: readonly Degradation[];
  readonly emit?: Emission;
  readonly ballot?: Ballot;
  readonly fates?: readonly ObservationFate[];
  readonly settledOffset?: number;
  readonly pastOffsets?: readonly number[];
  readonly known?: readonly Outcome[];
}

function decided(events: readonly AccountEvent[], given: Given = {}) {
  const facts = events.map((event) => readFacts(event));
  const { scores = [], standings = [] } = given;
  const batch = decideBatch({
    facts,
    observations: observationsOf(facts),
    features: matrixOf(...events.map((_, row) => given.features?.[row] ?? {})),
    scores: scores === null ? null : Float32Array.from(events, (_, row) => scores[row] ?? scoreOf.allow),
    standings: standings === null ? null : events.map((_, row) => standings[row]),
    policy: given.policy ?? plain,
    ballot: given.ballot ?? championForAll(model),
    degraded: given.degraded ?? [],
    emit: given.emit ?? acting,
    fates: given.fates === undefined ? null : Uint8Array.from(given.fates, (fate) => observationFates.indexOf(fate)),
    settledOffset: given.settledOffset ?? -1,
    pastOffsets: new Set(given.pastOffsets),
    known: new Map(given.known?.map((known) => [known.offset, known])),
  });
  // The last of each account: what stands after the batch.
  const changes = new Map(batch.changes.map((change) => [`${change.keyHigh}:${change.keyLow}`, change]));
  return { ...batch, changes: [...changes.values()] };
}

function idOf(event: AccountEvent, policy = plain): string {
  return decisionId(event, model.sha256, null, policy.sha256, 'enforce');
}

function standing(action: Action, sinceMs = startMs - hourMs): Standing {
  return { action, decisionId: `dec_${'9'.repeat(32)}`, sinceMs };
}

/** What became of one event: what was sent, and what stands afterwards. */
function outcome(scoreFor: Action, before: Standing | undefined, emit: Emission, given: Given = {}) {
  const { emitted, changes } = decided([loginOf('acc_1')], {
    scores: [scoreOf[scoreFor]],
    standings: [before],
    emit,
    ...given,
  });
  return { sent: emitted[0]?.verdict.action, stands: changes[0]?.standing.action };
}

describe('what a group brought', () => {
  const brought = { ...standing('review'), cohort: 7 };

  it("is the account's own once its own evidence asks for the same: the group does not take that back", () => {
    const confirmed = decided([loginOf('acc_1')], { scores: [scoreOf.review], standings: [brought] });
    expect(confirmed.emitted).toEqual([]);
    expect(confirmed.changes[0]!.standing).toEqual({ ...standing('review'), sinceMs: startMs });
    // What no time ends is not renewed.
    const forever = { ...standing('block'), cohort: 7 };
    const again = decided([loginOf('acc_1')], { scores: [scoreOf.block], standings: [forever] });
    expect(again.changes[0]!.standing).toEqual(standing('block'));
  });

  it("stays the group's while evidence asks for less", () => {
    const quiet = decided([loginOf('acc_1')], { scores: [scoreOf.allow], standings: [brought] });
    expect(quiet.changes).toEqual([]);
  });
});

describe('what is sent', () => {
  const blocksOnly: Emission = new Set<Action>(['block']);
  const everyAction: Emission = new Set<Action>(actions);
  const expired = startMs - 25 * hourMs;
  it.each<readonly [Action, Standing | undefined, Emission, { sent?: Action; stands?: Action }]>([
    // A new account.
    ['allow', undefined, acting, {}],
    ['challenge', undefined, acting, { sent: 'challenge', stands: 'challenge' }],
    ['block', undefined, acting, { sent: 'block', stands: 'block' }],
    ['allow', undefined, everyAction, { sent: 'allow', stands: 'allow' }],
    ['allow', undefined, 'all', { sent: 'allow' }],
    ['block', undefined, 'all', { sent: 'block', stands: 'block' }],
    ['challenge', undefined, blocksOnly, {}],
    ['block', undefined, blocksOnly, { sent: 'block', stands: 'block' }],
    // Nothing new.
    ['challenge', standing('challenge'), acting, { stands: 'challenge' }],
    ['challenge', standing('block'), acting, {}],
    ['allow', standing('allow'), everyAction, {}],
    ['challenge', standing('challenge'), 'all', { sent: 'challenge', stands: 'challenge' }],
    ['challenge', standing('block'), 'all', { sent: 'block' }],
    // Stronger.
    ['review', standing('allow'), acting, { sent: 'review', stands: 'review' }],
    ['review', standing('challenge'), acting, { sent: 'review', stands: 'review' }],
    ['review', standing('allow'), blocksOnly, {}],
    ['review', standing('challenge'), blocksOnly, { sent: 'review', stands: 'review' }],
    // Weaker: only once the time is over for which the action stands; then whatever the set says.
    ['allow', standing('review'), acting, {}],
    ['allow', standing('review', expired), acting, { sent: 'allow', stands: 'allow' }],
    ['allow', standing('review', expired), blocksOnly, { sent: 'allow', stands: 'allow' }],
    ['allow', standing('review', expired), 'all', { sent: 'allow', stands: 'allow' }],
    ['challenge', standing('review', expired), blocksOnly, { sent: 'challenge', stands: 'challenge' }],
    ['allow', standing('block', 0), acting, {}],
  ])('of a score for %s, where %o stands, with %o', (scoreFor, before, emit, expected) => {
    expect(outcome(scoreFor, before, emit)).toEqual({ sent: undefined, stands: undefined, ...expected });
  });

  it('is never another action than what stands afterwards, and every change of what stood', () => {
    const action = fc.constantFrom(...actions);
    const emission = fc.oneof(
      fc.constant('all' as const),
      fc.subarray([...actions]).map((chosen) => new Set(chosen)),
    );
    const before = fc.option(
      fc
        .record({ action, ageMs: fc.integer({ min: 0, max: 48 * hourMs }) })
        .map(({ action: stood, ageMs }) => standing(stood, startMs - ageMs)),
      { nil: undefined },
    );
    fc.assert(
      fc.property(action, before, emission, fc.boolean(), (scoreFor, stood, emit, isDegraded) => {
        const { emitted, changes } = decided([loginOf('acc_1')], {
          scores: [scoreOf[scoreFor]],
          standings: [stood],
          emit,
          degraded: isDegraded ? ['store'] : [],
        });
        const [one] = emitted;
        const [change] = changes;
        const stands = change?.standing.action ?? stood?.action ?? 'allow';
        // What stands and is asked for again keeps its decision, and begins its time anew.
        const isRenewed = change !== undefined && change.standing.decisionId === stood?.decisionId;
        if (isRenewed) expect(change.standing).toEqual({ ...stood, sinceMs: startMs });
        const isReplaced = change !== undefined && !isRenewed && stood !== undefined;
        expect(one?.verdict.action ?? stands).toBe(stands);
        if (change !== undefined && !isRenewed) expect(change.standing.decisionId).toBe(one?.id);
        expect(one?.supersedes).toBe(isReplaced ? stood.decisionId : undefined);
        const sentAtLeast = emit === 'all' || (change !== undefined && !isRenewed) ? 1 : 0;
        expect(emitted.length).toBeGreaterThanOrEqual(sentAtLeast);
        expect(isDegraded && strengthOf(stands) < strengthOf(stood?.action ?? 'allow')).toBe(false);
      }),
    );
  });
});

describe('a decision that replaces another', () => {
  it('names it', () => {
    const { emitted } = decided([loginOf('acc_1')], { scores: [scoreOf.block], standings: [standing('review')] });
    expect(emitted[0]!.supersedes).toBe(standing('review').decisionId);
  });

  it('names none where there was none', () => {
    const { emitted } = decided([loginOf('acc_1')], { scores: [scoreOf.block] });
    expect(emitted[0]!.supersedes).toBeUndefined();
  });

  it('that changes nothing names none', () => {
    const { emitted } = decided([loginOf('acc_1')], { scores: [0.99], standings: [standing('block')], emit: 'all' });
    expect(emitted[0]!.supersedes).toBeUndefined();
  });

  it('by a redelivered event does not name itself', () => {
    const event = loginOf('acc_1');
    const own = { action: 'review', decisionId: idOf(event), sinceMs: startMs } as const;
    const { emitted } = decided([event], { scores: [scoreOf.block], standings: [own] });
    expect(emitted.map(({ id, supersedes }) => ({ id, supersedes }))).toEqual([
      { id: own.decisionId, supersedes: undefined },
    ]);
  });
});

describe('events of one account in a batch', () => {
  it('see what the ones before them decided', () => {
    const events = ['a', 'b', 'c', 'd'].map((id) => loginOf('acc_1', { id }));
    const scores = [scoreOf.challenge, scoreOf.challenge, scoreOf.block, scoreOf.review];
    const { emitted, changes } = decided(events, { scores });
    expect(emitted.map(({ row, verdict, supersedes }) => [row, verdict.action, supersedes])).toEqual([
      [0, 'challenge', undefined],
      [2, 'block', idOf(events[0]!)],
    ]);
    expect(changes.map((change) => change.standing)).toEqual([
      { action: 'block', decisionId: idOf(events[2]!), sinceMs: startMs, lasts: true },
    ]);
  });

  it('can be blocked and set free by their own time', () => {
    const events = [loginOf('acc_1'), loginOf('acc_1', { timeMs: startMs + hourMs })];
    const { emitted, changes } = decided(events, { scores: [scoreOf.challenge, scoreOf.allow] });
    expect(emitted.map(({ verdict, supersedes }) => [verdict.action, supersedes])).toEqual([
      ['challenge', undefined],
      ['allow', idOf(events[0]!)],
    ]);
    expect(changes).toHaveLength(1);
    expect(changes[0]!.standing).toMatchObject({ action: 'allow', sinceMs: startMs + hourMs });
  });

  it('do not touch other accounts', () => {
    const events = [loginOf('acc_1'), loginOf('acc_2'), loginOf('acc_1')];
    const { emitted, changes } = decided(events, { scores: [scoreOf.block, scoreOf.allow, scoreOf.block] });
    expect(emitted.map(({ row }) => row)).toEqual([0]);
    expect(changes).toHaveLength(1);
  });

  it('have their changes keyed by the account’s hash', () => {
    const events = [loginOf('acc_2'), loginOf('acc_1')];
    const { keys } = observationsOf(events.map((event) => readFacts(event)));
    const { changes } = decided(events, { scores: [scoreOf.allow, scoreOf.block] });
    const second = entityKinds.length * 2 + entityKinds.indexOf('account') * 2;
    expect(changes.map(({ keyHigh, keyLow }) => [keyHigh, keyLow])).toEqual([[keys[second], keys[second + 1]]]);
  });
});

function genuine(more: Parameters<typeof labelOf>[1] = {}): AccountEvent {
  return labelOf('acc_1', { data: { label: 'genuine', by: 'appeal' }, ...more });
}

describe('the labels topic', () => {
  const decision = `dec_${'9'.repeat(32)}`;
  it.each<Emission>(['all', acting])('is decided by what it says, whatever the score and the rules (%o)', (emit) => {
    const policy = policyOf({ id: 'any', when: 'form_ms >= 0', then: 'block' });
    const given = { scores: [scoreOf.block], features: [{ form_ms: 1 }], standings: [standing('block')], emit, policy };
    const { emitted, changes, ruleCounts } = decided([genuine()], given);
    expect(emitted).toMatchObject([
      {
        verdict: { action: 'allow', restrained: undefined },
        cause: { kind: 'label', by: 'appeal' },
        supersedes: decision,
        rules: [],
        reasons: [{ code: 'FOUND_GENUINE' }],
      },
    ]);
    expect(ruleCounts).toEqual([]);
    expect(changes[0]!.standing).toMatchObject({ action: 'allow', decisionId: emitted[0]!.id });
  });

  it('changes what the next event of the same batch is held against', () => {
    const events = [loginOf('acc_1'), genuine(), loginOf('acc_1', { timeMs: startMs + hourMs })];
    const { emitted } = decided(events, { scores: [scoreOf.block, NaN, scoreOf.block] });
    expect(emitted.map(({ verdict }) => [verdict.action, verdict.restrained])).toEqual([
      ['block', undefined],
      ['allow', undefined],
      ['review', { asked: 'block', by: ['protection'] }],
    ]);
  });

  it('is heard again once protection is over', () => {
    const dayMs = 24 * hourMs;
    const events = [genuine(), ...[29, 31].map((day) => loginOf('acc_1', { timeMs: startMs + day * dayMs }))];
    const { emitted } = decided(events, { scores: [NaN, scoreOf.block, scoreOf.block] });
    expect(emitted.map(({ row, verdict }) => [row, verdict.action])).toEqual([
      [1, 'review'],
      [2, 'block'],
    ]);
  });

  it('blocks until a person says otherwise: no time and no score ends it', () => {
    const later = loginOf('acc_1', { timeMs: startMs + 10_000 * hourMs });
    const { emitted, changes } = decided([labelOf('acc_1'), later, genuine({ timeMs: startMs + 10_001 * hourMs })], {});
    expect(emitted.map(({ row, verdict }) => [row, verdict.action])).toEqual([
      [0, 'block'],
      [2, 'allow'],
    ]);
    expect(changes[0]!.standing.word).toMatchObject({ holds: 'allow' });
  });

  it('counts what people took back of what machines had brought, once each, and not what people had brought', () => {
    const machine = decided([genuine(), genuine({ timeMs: startMs + hourMs })], {
      standings: [standing('block'), standing('block')],
    });
    expect(machine.overturned).toEqual({ block: 1 });
    const word = { saidMs: startMs - hourMs, holds: 'block', protectedUntilMs: 0 } as const;
    expect(decided([genuine()], { standings: [{ ...standing('block'), word }] }).overturned).toEqual({});
    expect(decided([labelOf('acc_1')], { standings: [standing('review')] }).overturned).toEqual({});
  });

  it('is not sent where it confirms what stands, and the word is kept', () => {
    const { emitted, changes } = decided([labelOf('acc_1')], { standings: [standing('block')] });
    expect(emitted).toEqual([]);
    expect(changes[0]!.standing).toMatchObject({ decisionId: decision, word: { holds: 'block' }, lasts: true });
  });

  it('that comes again changes nothing, in every emission', () => {
    const events = [labelOf('acc_1'), labelOf('acc_1')];
    expect(decided(events, { emit: 'all' }).emitted).toHaveLength(1);
  });

  it('lifts a decision that history has forgotten, where it names it', () => {
    const named = genuine({ data: { label: 'genuine', by: 'appeal', decision } });
    expect(decided([named]).emitted).toMatchObject([{ verdict: { action: 'allow' }, supersedes: decision }]);
    expect(decided([genuine()]).emitted).toEqual([]);
  });

  it('does not bring what a person wrote into a decision', () => {
    const written = genuine({
      data: { label: 'genuine', by: 'appeal', author: 'jane@example.org', reason: 'spoke to Jane' },
    });
    const { emitted } = decided([written], { standings: [standing('block')] });
    expect(JSON.stringify(emitted)).not.toMatch(/jane/i);
  });
});

describe('what ends because its time is over', () => {
  const over = startMs - 25 * hourMs;

  it('is counted where no person has looked', () => {
    expect(decided([loginOf('acc_1')], { standings: [standing('review', over)] }).expired).toEqual({ review: 1 });
  });

  it('is not counted where one has', () => {
    const word = { saidMs: over + 1, holds: 'allow', protectedUntilMs: 0 } as const;
    const seen = { ...standing('review', over), word };
    expect(decided([loginOf('acc_1')], { standings: [seen] }).expired).toEqual({});
  });
});

describe('rules', () => {
  const enforced = { id: 'fast-form', when: 'form_ms < 4000', then: 'review' };
  const shadow = { id: 'very-fast-form', when: 'form_ms < 1000', then: 'block', mode: 'shadow' };
  const policy = policyOf(enforced, shadow);
  const signups = [signupOf('acc_1'), signupOf('acc_2'), signupOf('acc_3')];
  const features = [{ form_ms: 500 }, { form_ms: 3_000 }, {}];

  it('are counted by mode, shadow rules too', () => {
    const { ruleCounts } = decided(signups, { features, policy });
    expect(ruleCounts).toEqual([
      { id: 'fast-form', mode: 'enforce', count: 2 },
      { id: 'very-fast-form', mode: 'shadow', count: 1 },
    ]);
  });

  it('in shadow neither act nor are named', () => {
    const { emitted } = decided(signups, { features, policy });
    expect(emitted.map(({ verdict, rules }) => [verdict.action, rules.map(({ id }) => id)])).toEqual([
      ['review', ['fast-form']],
      ['review', ['fast-form']],
    ]);
  });

  it('that did not ask for the action are listed apart', () => {
    const both = policyOf(enforced, { ...shadow, mode: 'enforce' });
    const { emitted } = decided(signups.slice(0, 1), { features, policy: both });
    expect(emitted[0]!.rules.map(({ id }) => id)).toEqual(['very-fast-form']);
    expect(emitted[0]!.matched).toEqual([{ id: 'fast-form', version: 1, isShadow: false }]);
  });

  it('in shadow are listed apart, marked, in every decision that is sent', () => {
    const { emitted } = decided(signups, { features, policy, emit: 'all' });
    const marked = { id: 'very-fast-form', version: 1, isShadow: true };
    expect(emitted.map(({ matched }) => matched)).toEqual([[marked], [], []]);
  });

  it('are not said to have asked for what stood before', () => {
    const { emitted } = decided(signups.slice(1, 2), {
      features: features.slice(1),
      policy,
      standings: [standing('block')],
      emit: 'all',
    });
    expect(emitted[0]).toMatchObject({ verdict: { action: 'block' }, rules: [], matched: [{ id: 'fast-form' }] });
  });
});

describe('a degraded batch', () => {
  it('without scores goes by rules alone, which may block', () => {
    const policy = policyOf({ id: 'fast-form', when: 'form_ms < 4000', then: 'block' });
    const events = [signupOf('acc_1'), signupOf('acc_2')];
    const { emitted } = decided(events, { scores: null, degraded: ['model'], policy, features: [{ form_ms: 1 }, {}] });
    expect(emitted.map(({ row, verdict }) => [row, verdict.action])).toEqual([[0, 'block']]);
  });

  it.each<Degradation>(['store', 'model'])('without its %s does not block on the score', (missing) => {
    expect(outcome('block', undefined, acting, { degraded: [missing] })).toEqual({ sent: 'review', stands: 'review' });
  });

  it('without standings decides as for new accounts', () => {
    expect(outcome('review', undefined, acting, { standings: null, degraded: ['store'] }).sent).toBe('review');
  });
});

describe('the id of a decision', () => {
  it('names the model that speaks for its account, and its id is of that model', () => {
    const champion = { ...model, role: 'champion' } as const;
    const canary = { ...model, sha256: 'b'.repeat(64), role: 'canary' } as const;
    const ballot: Ballot = (subject) => (subject === 'acc_2' ? canary : champion);
    const events = [loginOf('acc_1'), loginOf('acc_2')];
    const { emitted } = decided(events, { scores: [scoreOf.block, scoreOf.block], ballot });
    expect(emitted.map((one) => one.model)).toEqual([champion, canary]);
    expect(emitted[1]!.id).toBe(decisionId(events[1]!, canary.sha256, null, plain.sha256, 'enforce'));
  });

  it('is a function of event, model and policy', () => {
    const event = loginOf('acc_1');
    const { emitted } = decided([event], { scores: [scoreOf.block] });
    expect(emitted[0]!.id).toBe(idOf(event));
    const other = policyOf({ id: 'any', when: 'form_ms < 1', then: 'review' });
    expect(decided([event], { scores: [scoreOf.block], policy: other }).emitted[0]!.id).toBe(idOf(event, other));
  });
});

function triggersOf({ emitted }: ReturnType<typeof decided>): readonly number[] {
  return emitted.map(({ row }) => row);
}

describe('events that are not to be decided', () => {
  const events = [loginOf('acc_1'), loginOf('acc_1', { id: 'e-2' }), loginOf('acc_1', { id: 'e-3' })];
  const scores = [scoreOf.review, scoreOf.block, scoreOf.block];

  it('are those that are settled', () => {
    expect(triggersOf(decided(events, { scores, emit: 'all', settledOffset: 101 }))).toEqual([2]);
  });

  it('are those that have an outcome; what it left standing is seen by later ones', () => {
    const change = { keyHigh: 1, keyLow: 1, standing: standing('block') };
    const known = [{ offset: 100, timestampMs: 0, decision: null, deadLetter: null, change, verdicts: [] }];
    const batch = decided(events, { scores: [0.1, 0.1, 0.1], emit: 'all', known });
    expect(triggersOf(batch)).toEqual([1, 2]);
    expect(batch.emitted.map(({ verdict }) => verdict.action)).toEqual(['block', 'block']);
  });

  // The second got the first one's id, and perhaps another action.
  it('are those that a producer sent twice', () => {
    const fates = ['applied', 'duplicate', 'applied'] as const;
    expect(triggersOf(decided(events, { scores, emit: 'all', fates }))).toEqual([0, 2]);
  });
});

describe('events that history had counted before', () => {
  it('are marked as repeats, each for itself, and do not block on the score', () => {
    const events = [loginOf('acc_1'), loginOf('acc_2')];
    const { emitted, repeats } = decided(events, {
      scores: [scoreOf.block, scoreOf.block],
      fates: ['replayed', 'applied'],
      degraded: ['enrichment'],
    });
    expect(repeats).toBe(1);
    expect(emitted.map(({ verdict, degraded }) => [verdict.action, degraded])).toEqual([
      ['review', ['enrichment', 'repeat']],
      ['review', ['enrichment']],
    ]);
  });

  it('lift nothing that stands', () => {
    const before = standing('challenge', startMs - 30 * 24 * hourMs);
    const given = { scores: [scoreOf.allow], standings: [before] };
    expect(decided([loginOf('acc_1')], given).changes).toHaveLength(1);
    expect(decided([loginOf('acc_1')], { ...given, fates: ['replayed'] }).changes).toEqual([]);
  });
});

describe('events that are past', () => {
  it('are not decided, and no rule is asked about them', () => {
    const [first, second] = [loginOf('acc_1'), loginOf('acc_1')];
    const scores = [scoreOf.block, scoreOf.block];
    const policy = policyOf({ id: 'always', when: 'event.type == "account.login"', then: 'review' });
    const { emitted, changes, ruleCounts } = decided([first, second], { scores, policy, pastOffsets: [100] });
    expect(emitted.map(({ row }) => row)).toEqual([1]);
    expect(changes).toHaveLength(1);
    expect(ruleCounts).toEqual([{ id: 'always', mode: 'enforce', count: 1 }]);
  });
});

it.each<[string, Partial<Parameters<typeof decideBatch>[0]>]>([
  ['features', { features: matrixOf({}) }],
  ['scores', { scores: Float32Array.of(0.99) }],
  ['fates', { fates: new Uint8Array(1) }],
  ['standings', { standings: [undefined] }],
])('decides nothing where %s are those of fewer events', (_, part) => {
  const facts = [loginOf('acc_1'), loginOf('acc_2')].map((event) => readFacts(event));
  const input = {
    facts,
    observations: observationsOf(facts),
    features: matrixOf({}, {}),
    scores: null,
    standings: null,
    fates: null,
    policy: plain,
    ballot: championForAll(model),
    degraded: [],
    emit: acting,
    settledOffset: -1,
    pastOffsets: new Set<number>(),
    known: new Map<number, Outcome>(),
  };
  expect(() => decideBatch({ ...input, ...part })).toThrow(/of each|its row/);
});
