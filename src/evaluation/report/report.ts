import { strengthOf, type Action, type Decision } from '../../domain/decision.ts';
import type { Policy } from '../../policy/policy.ts';
import type { AccountCourse, Course } from '../course/course.ts';
import { clusterOf, type Known } from '../course/known.ts';
import { ruleTable } from '../course/rule-table.ts';
import { partNames } from '../course/whereabouts.ts';
import { figuresOf } from '../estimates/figures.ts';
import { SampledAccounts, type SampledDecision } from '../estimates/sampled-accounts.ts';
import type { ReplaySummary } from '../tally.ts';
import { nextSteps } from './next-steps.ts';
import type { ByAction, PartReport, PlatformReport, Truth } from './platform-report.ts';

const dayMs = 86_400_000;

/** Follows the samples of a run. */
export class SampleFollower {
  readonly sampled: SampledAccounts;
  readonly #kinds = { audit: new Set<string>(), 'hold-out': new Set<string>() };

  constructor(policy: Policy) {
    const periodMs = policy.samples?.periodMs ?? Infinity;
    this.sampled = new SampledAccounts({ periodMs, blockFrom: policy.thresholds.block });
  }

  take(decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      this.sampled.add(sampledDecision(decision));
      if (decision.sample !== undefined) this.#kinds[decision.sample.kind].add(decision.subject);
    }
  }

  counts(): PlatformReport['sampled'] {
    return { audit: this.#kinds.audit.size, heldOut: this.#kinds['hold-out'].size };
  }
}

export interface ReportParts {
  readonly course: Course;
  readonly samples: SampleFollower;
  readonly policy: Policy;
  readonly known: Known;
  readonly summary: ReplaySummary;
  readonly model: { readonly name: string; readonly version: string };
}

/** Makes the report of a run. Pure. */
export function reportOf({ course, samples, policy, known, summary, model }: ReportParts): PlatformReport {
  const all = [...course.accounts.values()];
  const acted = all.filter(({ reached }) => reached !== 'allow');
  const labelled = all.filter(({ accountId }) => known.labels.has(accountId));
  const byScore = all.filter(({ scoreAsked, reached }) => scoreAsked === 'block' && reached === 'block');
  const figures = figuresOf(samples.sampled.accounts(), {
    labels: known.labels,
    clusterOf: (accountId) => clusterOf(accountId, known),
    segmentsOf: (accountId) => countryOf(course, accountId),
  });
  const facts = {
    firstMs: course.firstMs,
    lastMs: course.lastMs,
    events: summary.events,
    accounts: all.length,
    reached: countBy(all, ({ reached }) => reached),
    ends: countBy(all, ({ ends }) => ends),
    lifted: all.filter(({ reached, ends }) => reached === 'block' && ends !== 'block').length,
    days: daysOf(acted, course),
    why: whyOf(acted),
    heldBack: summary.heldBack,
    figures,
    sampled: samples.counts(),
    truth: all.length > 0 && labelled.length === all.length ? truthOf(all, known) : null,
    parts: [...partNames, 'segment' as const].flatMap((part) => partsOf(part, all, known)),
    campaigns: summary.campaigns,
    groups: summary.groups,
    rules: ruleTable(all, policy, known),
    model: {
      name: `${model.name} ${model.version}`,
      blocks: byScore.length,
      alone: byScore.filter(({ heeded }) => heeded.size === 0).length,
    },
  };
  return { ...facts, next: nextSteps(facts) };
}

function sampledDecision(decision: Decision): SampledDecision {
  const { subject, timeMs, mode, action, cause, score, model, rules, matched = [], sample } = decision;
  return {
    subject,
    timeMs,
    mode,
    action,
    isByPerson: cause.kind === 'label' || cause.kind === 'operator' || cause.kind === 'erasure',
    score,
    model: `${model.name} ${model.version}`,
    rules: [
      ...rules.map(({ id }) => ({ id, isShadow: false })),
      ...matched.map(({ id, isShadow }) => ({ id, isShadow })),
    ],
    sample,
  };
}

function countryOf({ accounts }: Course, accountId: string): readonly string[] {
  const country = accounts.get(accountId)?.whereabouts.country;
  return country === undefined ? [] : [country];
}

function countBy(accounts: readonly AccountCourse[], of: (account: AccountCourse) => Action): ByAction {
  const counts = { allow: 0, challenge: 0, review: 0, block: 0 };
  for (const account of accounts) counts[of(account)]++;
  return counts;
}

function daysOf(acted: readonly AccountCourse[], { firstMs, lastMs }: Course): PlatformReport['days'] {
  const byDay = Map.groupBy(acted, ({ reachedMs }) => Math.floor(reachedMs / dayMs));
  const days: { dayMs: number; reached: ByAction }[] = [];
  for (let day = Math.floor(firstMs / dayMs); day * dayMs <= lastMs; day++)
    days.push({ dayMs: day * dayMs, reached: countBy(byDay.get(day) ?? [], ({ reached }) => reached) });
  return days;
}

function whyOf(acted: readonly AccountCourse[]): PlatformReport['why'] {
  const byWords = Map.groupBy(acted, ({ why }) => why ?? 'No reason was given.');
  return Array.from(byWords, ([words, accounts]) => ({
    words,
    reached: countBy(accounts, ({ reached }) => reached),
  })).toSorted((first, second) => sizeOf(second.reached) - sizeOf(first.reached));
}

function sizeOf(counts: ByAction): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function partsOf(part: PartReport['part'], all: readonly AccountCourse[], known: Known): PartReport[] {
  const members = Map.groupBy(all, ({ accountId, whereabouts }) =>
    part === 'segment' ? honestSegment(known.segmentOf(accountId)) : whereabouts[part],
  );
  members.delete(undefined);
  return Array.from(members, ([value, inside]) => {
    const genuine = inside.filter(({ accountId }) => known.labels.get(accountId) === 'genuine');
    return {
      part,
      value: value!,
      accounts: inside.length,
      ends: countBy(inside, ({ ends }) => ends),
      wronged: genuine.filter(({ ends }) => ends === 'block').length,
      genuine: genuine.length,
    };
  }).toSorted((first, second) => second.accounts - first.accounts || (first.value < second.value ? -1 : 1));
}

/** Campaigns have a table of their own. */
function honestSegment(segment: string): string | undefined {
  return segment === '' || segment.startsWith('campaign:') ? undefined : segment.replace(/^honest:/, '');
}

function reachedBy(accounts: readonly AccountCourse[], action: Action): number {
  return accounts.filter(({ reached }) => strengthOf(reached) >= strengthOf(action)).length;
}

function truthOf(all: readonly AccountCourse[], known: Known): Truth {
  const fakes = all.filter(({ accountId }) => known.labels.get(accountId) === 'fake');
  const precision = (action: Action): number => reachedBy(fakes, action) / reachedBy(all, action);
  const recall = (action: Action): number => reachedBy(fakes, action) / fakes.length;
  return {
    prevalence: fakes.length / all.length,
    precision: { challenge: precision('challenge'), review: precision('review'), block: precision('block') },
    recall: { challenge: recall('challenge'), review: recall('review'), block: recall('block') },
  };
}
