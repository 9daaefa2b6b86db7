import { actions, strengthOf, type Action } from '../../domain/decision.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Promotion } from '../../policy/promotion.ts';
import type { AccountCourse, Course } from '../course/course.ts';
import { clusterOf, type Known } from '../course/known.ts';
import { precisionOf, ruleTable, type RuleFigures } from '../course/rule-table.ts';
import { partNames, type PartName } from '../course/whereabouts.ts';
import { estimateShare, type Estimate } from '../estimates/share.ts';
import { judgeGate, type GateVerdict } from './gate.ts';

/** One of the two that are compared: what decided, and what became of the accounts. */
export interface ComparedRun {
  readonly name: string;
  readonly policy: Policy;
  readonly course: Course;
  /** Microseconds that an evaluation of each rule takes, by its id. */
  readonly ruleUs: ReadonlyMap<string, number>;
}

export interface SideFigures {
  readonly name: string;
  /** Accounts by the strongest action that they ever got, and by what stands in the end: lifts count. */
  readonly reached: Readonly<Record<Action, number>>;
  readonly ends: Readonly<Record<Action, number>>;
  /** Whom the score would have blocked, and did not, since no norms describe its model: it is uncalibrated. */
  readonly uncalibrated: number;
  /** Blocked once and not in the end. */
  readonly lifted: number;
  /** Of blocks that stand in the end. */
  readonly precision: Estimate;
  readonly recall: Estimate;
  /** Of accounts known to be genuine: blocked once, and in the end. */
  readonly wronged: { readonly ever: number; readonly ends: number };
  readonly rules: readonly (RuleFigures & { readonly costUs: number })[];
}

export interface ChangedAccount {
  readonly accountId: string;
  readonly from: Action;
  readonly to: Action;
  readonly reasonsFrom: readonly string[];
  readonly reasonsTo: readonly string[];
  readonly label: 'fake' | 'genuine' | null;
  readonly segment: string;
}

export interface PartFigures {
  readonly part: PartName | 'segment';
  readonly value: string;
  readonly accounts: number;
  /** Blocked in the end, by each. */
  readonly blocked: readonly [number, number];
  /** Blocked in the end by one of them alone. */
  readonly onlyFirst: number;
  readonly onlyOther: number;
  /** Of the blocked, known to be genuine. */
  readonly wronged: readonly [number, number];
  /** Accounts known to be genuine. */
  readonly genuine: number;
}

export interface ComparisonReport {
  readonly accounts: number;
  readonly days: number;
  readonly labelled: number;
  /** Whether the labels are of all accounts or of a random sample; else figures hold for those that happen to be labelled. */
  readonly areLabelsRandom: boolean;
  readonly areLabelsHeldOut: boolean;
  readonly sides: readonly [SideFigures, SideFigures];
  /** [first's action × other's action] accounts by the strongest action ever, weakest to strongest. */
  readonly agreement: readonly (readonly number[])[];
  readonly changed: readonly ChangedAccount[];
  readonly parts: readonly PartFigures[];
  readonly gate: GateVerdict;
  /** Of each shadow rule of the first. */
  readonly ruleGates: readonly { readonly id: string; readonly verdict: GateVerdict }[];
}

/** Compares what two of them did on the same events. Pure. */
export function compareRuns(
  runs: readonly [ComparedRun, ComparedRun],
  known: Known,
  gate: Promotion,
  areLabelsHeldOut: boolean,
): ComparisonReport {
  const [first, other] = runs;
  const pairs = [...first.course.accounts.values()].map((account): Pair => [
    account,
    other.course.accounts.get(account.accountId) ?? account,
  ]);
  const sides = runs.map((run) => sideOf(run, known)) as [SideFigures, SideFigures];
  const agreement = actions.map((from) =>
    actions.map((to) => pairs.filter(([one, two]) => one.reached === from && two.reached === to).length),
  );
  const { days } = first.course;
  const added = pairs.filter(([one, two]) => one.reached !== 'block' && two.reached === 'block').map(([, two]) => two);
  const gateFacts = (accounts: readonly AccountCourse[]) => ({
    precision: precisionOf(accounts, known),
    addedBlocksPerDay: accounts.length / days,
    letThrough: accounts.filter(({ isLetThrough }) => isLetThrough).length,
    areLabelsRandom: known.isRandom,
  });
  return {
    accounts: pairs.length,
    days,
    labelled: pairs.filter(([{ accountId }]) => known.labels.has(accountId)).length,
    areLabelsRandom: known.isRandom,
    areLabelsHeldOut,
    sides,
    agreement,
    changed: pairs.filter(([one, two]) => one.reached !== two.reached).map((pair) => changeOf(pair, known)),
    parts: partsOf(pairs, known),
    gate: judgeGate(gateFacts(added), gate),
    ruleGates: first.policy.rules
      .filter(({ mode }) => mode === 'shadow')
      .map(({ id, action }) => {
        const would = pairs
          .map(([one]) => one)
          .filter(({ heeded, reached }) => heeded.has(id) && strengthOf(reached) < strengthOf(action));
        const facts = { ...gateFacts(would), addedBlocksPerDay: action === 'block' ? would.length / days : 0 };
        return { id, verdict: judgeGate(facts, gate) };
      }),
  };
}

type Pair = readonly [AccountCourse, AccountCourse];

function sideOf({ name, policy, course, ruleUs }: ComparedRun, known: Known): SideFigures {
  const all = [...course.accounts.values()];
  const blocked = all.filter(({ ends }) => ends === 'block');
  const genuine = all.filter(({ accountId }) => known.labels.get(accountId) === 'genuine');
  return {
    name,
    reached: countBy(all, ({ reached }) => reached),
    ends: countBy(all, ({ ends }) => ends),
    uncalibrated: all.filter(({ heldBy }) => heldBy.has('uncalibrated')).length,
    lifted: all.filter(({ reached, ends }) => reached === 'block' && ends !== 'block').length,
    precision: precisionOf(blocked, known),
    recall: estimateShare(
      all
        .filter(({ accountId }) => known.labels.get(accountId) === 'fake')
        .map(({ accountId, ends }) => ({
          isPart: ends === 'block',
          probability: known.probabilityOf(accountId),
          cluster: clusterOf(accountId, known),
        })),
      known.rarest,
    ),
    wronged: {
      ever: genuine.filter(({ reached }) => reached === 'block').length,
      ends: genuine.filter(({ ends }) => ends === 'block').length,
    },
    rules: ruleTable(all, policy, known).map((rule) => ({ ...rule, costUs: ruleUs.get(rule.id) ?? NaN })),
  };
}

function countBy(accounts: readonly AccountCourse[], of: (account: AccountCourse) => Action): Record<Action, number> {
  const counts = { allow: 0, challenge: 0, review: 0, block: 0 };
  for (const account of accounts) counts[of(account)]++;
  return counts;
}

function changeOf([one, two]: Pair, known: Known): ChangedAccount {
  return {
    accountId: one.accountId,
    from: one.reached,
    to: two.reached,
    reasonsFrom: one.reasons,
    reasonsTo: two.reasons,
    label: known.labels.get(one.accountId) ?? null,
    segment: known.segmentOf(one.accountId),
  };
}

/** By country, language, kind of mailbox, and segment of the labels; those with most accounts first. */
function partsOf(pairs: readonly Pair[], known: Known): readonly PartFigures[] {
  const valueOf = (part: PartFigures['part'], { accountId, whereabouts }: AccountCourse): string | undefined =>
    part === 'segment' ? segmentName(known.segmentOf(accountId)) : whereabouts[part];
  return ([...partNames, 'segment'] as const).flatMap((part) => {
    const members = Map.groupBy(pairs, ([one]) => valueOf(part, one));
    members.delete(undefined);
    return Array.from(members, ([value, inside]) => partOf(part, value!, inside, known)).toSorted(
      (first, second) => second.accounts - first.accounts || (first.value < second.value ? -1 : 1),
    );
  });
}

/** Campaigns of a kind together. */
function segmentName(segment: string): string | undefined {
  if (segment === '') return undefined;
  return segment.startsWith('campaign:') ? segment.split(':').slice(0, 2).join(':') : segment;
}

function partOf(part: PartFigures['part'], value: string, inside: readonly Pair[], known: Known): PartFigures {
  const isGenuine = ({ accountId }: AccountCourse): boolean => known.labels.get(accountId) === 'genuine';
  const blocked = [0, 1].map((side) => inside.map((pair) => pair[side]!).filter(({ ends }) => ends === 'block'));
  return {
    part,
    value,
    accounts: inside.length,
    blocked: [blocked[0]!.length, blocked[1]!.length],
    onlyFirst: inside.filter(([one, two]) => one.ends === 'block' && two.ends !== 'block').length,
    onlyOther: inside.filter(([one, two]) => one.ends !== 'block' && two.ends === 'block').length,
    wronged: [blocked[0]!.filter(isGenuine).length, blocked[1]!.filter(isGenuine).length],
    genuine: inside.filter(([one]) => isGenuine(one)).length,
  };
}
