import { strengthOf, strongest, type Action } from '../../domain/decision.ts';
import type { Policy, Rule } from '../../policy/policy.ts';
import { estimateShare, type Estimate } from '../estimates/share.ts';
import type { AccountCourse } from './course.ts';
import { clusterOf, type Known } from './known.ts';

/** What one rule did on past events. Accounts are counted, not events. */
export interface RuleFigures {
  readonly id: string;
  readonly version: number;
  readonly action: Action;
  readonly isShadow: boolean;
  /** Accounts on which it fired. */
  readonly fires: number;
  /** Of these, those of which neither the score nor another enforced rule asked for at least as much. */
  readonly unique: number;
  /** Blocks that are there only because of it; of a shadow rule, those that it would add. */
  readonly addedBlocks: number;
  /** With what it most often fires together: share of the accounts of either on which both did, 0 to 1; largest first. */
  readonly overlaps: readonly { readonly with: string; readonly share: number }[];
  /** Accounts known to be genuine on which it fired, and those that people let through by a list. */
  readonly conflicts: number;
  readonly letThrough: number;
  /** How many of its accounts are fake. */
  readonly precision: Estimate;
  /** Of the accounts known to be fake, the share on which it fired, and on which nothing else did that acts; NaN where none is known. */
  readonly recall: number;
  readonly onlyIt: number;
  /** Milliseconds by which it fires before anything else finds the same fake account, the median; NaN where there is none. */
  readonly leadMs: number;
}

const overlapsMax = 3;
/** What the score alone finds, among rules. */
export const byScore = 'score asks for block';

/** The figures of each rule of a policy, in its order, those that never fired too. */
export function ruleTable(accounts: Iterable<AccountCourse>, policy: Policy, known: Known): readonly RuleFigures[] {
  const all = [...accounts];
  const enforced = new Map(policy.rules.filter(({ mode }) => mode === 'enforce').map((rule) => [rule.id, rule]));
  const firedOn = new Map(policy.rules.map(({ id }) => [id, new Set(all.filter(({ fired }) => fired.has(id)))]));
  const found = new Map([
    ...firedOn,
    [byScore, new Set(all.filter(({ scoreBlockMs }) => !Number.isNaN(scoreBlockMs)))],
  ]);
  const fakes = all.filter(({ accountId }) => known.labels.get(accountId) === 'fake');
  return policy.rules.map((rule) => {
    const own = [...firedOn.get(rule.id)!];
    const unique = own.filter((account) => strengthOf(othersOf(account, rule, enforced)) < strengthOf(rule.action));
    const shared = own.filter(({ accountId }) => known.labels.get(accountId) === 'fake');
    return {
      id: rule.id,
      version: rule.version,
      action: rule.action,
      isShadow: rule.mode === 'shadow',
      fires: own.length,
      unique: unique.length,
      addedBlocks: addedBlocks(rule, own, unique).length,
      overlaps: overlapsOf(rule.id, firedOn.get(rule.id)!, found),
      conflicts: own.filter(({ accountId }) => known.labels.get(accountId) === 'genuine').length,
      letThrough: own.filter(({ isLetThrough }) => isLetThrough).length,
      precision: precisionOf(own, known),
      recall: shared.length / fakes.length,
      onlyIt: shared.filter((account) => othersOf(account, rule, enforced) === 'allow').length / fakes.length,
      leadMs: median(shared.flatMap((account) => leadOf(account, rule, enforced))),
    };
  });
}

/** How many of these accounts are fake, as far as labels tell. */
export function precisionOf(accounts: readonly AccountCourse[], known: Known): Estimate {
  return estimateShare(
    accounts.flatMap(({ accountId }) => {
      const label = known.labels.get(accountId);
      if (label === undefined) return [];
      const probability = known.probabilityOf(accountId);
      return [{ isPart: label === 'fake', probability, cluster: clusterOf(accountId, known) }];
    }),
    known.rarest,
  );
}

/** The strongest that the score and other enforced rules ever asked for. */
function othersOf({ scoreAsked, heeded }: AccountCourse, { id }: Rule, enforced: ReadonlyMap<string, Rule>): Action {
  let action = scoreAsked;
  for (const other of heeded) if (other !== id) action = strongest(action, enforced.get(other)?.action ?? 'allow');
  return action;
}

/** Of a shadow rule, whom it would have blocked and nothing did; of another, whom it blocked alone. */
function addedBlocks(
  { action, mode, id }: Rule,
  own: readonly AccountCourse[],
  unique: readonly AccountCourse[],
): readonly AccountCourse[] {
  if (action !== 'block') return [];
  return mode === 'shadow'
    ? own.filter(({ reached, heeded }) => reached !== 'block' && heeded.has(id))
    : unique.filter(({ reached }) => reached === 'block');
}

function overlapsOf(
  id: string,
  own: ReadonlySet<AccountCourse>,
  found: ReadonlyMap<string, ReadonlySet<AccountCourse>>,
): RuleFigures['overlaps'] {
  return [...found]
    .filter(([other]) => other !== id)
    .map(([other, accounts]) => ({ with: other, share: own.intersection(accounts).size / own.union(accounts).size }))
    .filter(({ share }) => share > 0)
    .toSorted((first, second) => second.share - first.share)
    .slice(0, overlapsMax);
}

/** By how much it was before the score and other enforced rules; none where nothing else found the account. */
function leadOf({ fired, scoreBlockMs }: AccountCourse, { id }: Rule, enforced: ReadonlyMap<string, Rule>): number[] {
  let others = Number.isNaN(scoreBlockMs) ? Infinity : scoreBlockMs;
  for (const [other, firstMs] of fired) if (other !== id && enforced.has(other)) others = Math.min(others, firstMs);
  return others === Infinity ? [] : [others - fired.get(id)!];
}

function median(values: readonly number[]): number {
  if (values.length === 0) return NaN;
  const sorted = values.toSorted((first, second) => first - second);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2;
}
