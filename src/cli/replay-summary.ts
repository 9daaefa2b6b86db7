import type { Accounts } from '../evaluation/group-tally.ts';
import type { ReplayResult } from '../evaluation/replay.ts';
import { actions, type ModelReference } from '../domain/decision.ts';
import type { Norms } from '../features/norms/norms.ts';
import type { Policy } from '../policy/policy.ts';
import { describeLeftOut, describeUnreadable, describeUnusedLabels } from './left-out.ts';
import { formatCount, formatMs, formatShare, table } from './style.ts';

/** What a replay came to, for a person. */
export function describeReplay(
  result: ReplayResult,
  model: ModelReference,
  policy: Policy,
  norms: Norms | null,
): string {
  const parts = [throughput(result, model, policy, norms), decisions(result), reasons(result)];
  if (result.rules.length > 0) parts.push(rules(result));
  if (result.heldBack.length > 0) parts.push(heldBack(result));
  if (result.quality !== null) parts.push(quality(result));
  if (result.campaigns.length > 0) parts.push(campaigns(result));
  if (result.groups.groups > 0) parts.push(groups(result));
  return parts.join('\n');
}

function throughput(result: ReplayResult, model: ModelReference, policy: Policy, norms: Norms | null): string {
  const { p50, p99, p999 } = result.latencyMs;
  const { deadLetters, deadLettersByCode, unusedLabels } = result;
  const unreadable = describeUnreadable(result.unreadable);
  const dead = deadLetters === 0 ? '' : `\n${describeLeftOut(deadLettersByCode)}`;
  const unused = unusedLabels === 0 ? '' : `\n${describeUnusedLabels(unusedLabels)}`;
  return [
    `${formatCount(result.events)} events of ${formatCount(result.accounts)} accounts in ${formatMs(result.elapsedMs)}${dead}${unreadable && `\n${unreadable}`}${unused}`,
    `  throughput  ${formatCount(result.eventsPerSecond)} events/s in one process`,
    `  latency     p50 ${formatMs(p50)}, p99 ${formatMs(p99)}, p99.9 ${formatMs(p999)}`,
    `  model       ${model.name} ${model.version}, policy ${policy.version}, ${norms === null ? 'no norms' : `norms ${norms.version}`}`,
    '',
  ].join('\n');
}

function decisions(result: ReplayResult): string {
  const rows = actions
    .filter((action) => result.decisions[action] > 0)
    .map((action) => [action, formatCount(result.decisions[action])]);
  return `Decisions\n${table(rows.length > 0 ? rows : [['none', '']])}`;
}

function reasons({ topReasons }: ReplayResult): string {
  return `Top reasons\n${table(topReasons.length > 0 ? topReasons.map(({ code, count }) => [code, formatCount(count)]) : [['none', '']])}`;
}

function heldBack({ heldBack: rows }: ReplayResult): string {
  const lines = rows.map(({ by, asked, count }) => [`${asked}, by ${by}`, formatCount(count)]);
  const isUncalibrated = rows.some(({ by }) => by === 'uncalibrated');
  const remedy = isUncalibrated
    ? '  Without norms of this platform the score alone blocks nobody: make them (winnow calibrate), and give them by --norms.\n'
    : '';
  return `Held back\n${table(lines)}${remedy}`;
}

function rules(result: ReplayResult): string {
  return `Rules fired, by event\n${table(result.rules.map(({ id, mode, count }) => [mode === 'shadow' ? `${id} (shadow)` : id, formatCount(count)]))}`;
}

function quality({ quality: rows }: ReplayResult): string {
  const header = [
    'action or stronger',
    'precision',
    'recall',
    'false positives',
    'fakes caught',
    'genuine wronged',
    'both in the end',
  ];
  const lines = rows!.map((row) => [
    row.action,
    formatShare(row.precision),
    formatShare(row.recall),
    formatShare(row.falsePositiveRate),
    formatCount(row.caught),
    formatCount(row.wronged),
    `${formatCount(row.ends.caught)} and ${formatCount(row.ends.wronged)}`,
  ]);
  return `Quality, by account against the known labels\n${table([header, ...lines])}`;
}

/** One row a kind; the last two columns have a figure for each campaign of it. */
function campaigns(result: ReplayResult): string {
  const header = [
    'campaigns',
    'number',
    'accounts',
    'blocked',
    'acted on',
    'created before first block',
    "before a group's",
  ];
  const kinds = Map.groupBy(result.campaigns, ({ segment }) => segment.split(':')[0]!);
  const lines = Array.from(kinds, ([kind, members]) => {
    const accounts = sum(members, (member) => member.accounts);
    return [
      kind,
      formatCount(members.length),
      formatCount(accounts),
      formatShare(sum(members, ({ blocked }) => blocked) / accounts),
      formatShare(sum(members, ({ acted }) => acted) / accounts),
      members.map(({ createdBeforeFirstBlock }) => createdBeforeFirstBlock ?? 'never').join(' '),
      members.map(({ createdBeforeGroupBlock }) => createdBeforeGroupBlock ?? 'never').join(' '),
    ];
  });
  return `Campaigns\n${table([header, ...lines])}`;
}

/** What groups asked for, and whom they hit beside those whom their own evidence hit. */
function groups({ groups: { mode, groups: count, asked, blockedBy }, quality: known }: ReplayResult): string {
  const isActing = mode === 'enforce';
  const lines: [string, Accounts][] = [
    [isActing ? 'groups ask to block' : 'groups would block', asked.block],
    [isActing ? 'groups ask to review' : 'groups would review', asked.review],
    ...(isActing ? ([['blocked by a group', blockedBy.group]] satisfies [string, Accounts][]) : []),
    ['blocked by evidence of their own', blockedBy.own],
  ];
  const rows = lines.map(([name, { accounts, genuine }]) => {
    const share = genuine / accounts;
    const honest = known === null || accounts === 0 ? '' : `${formatCount(genuine)} genuine, ${formatShare(share)}`;
    return [name, formatCount(accounts), honest];
  });
  const title = `Groups of accounts that share what is rare: ${formatCount(count)}${isActing ? '' : ' (shadow: only watched)'}`;
  return `${title}\n${table(rows)}`;
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}
