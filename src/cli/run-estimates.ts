import { readLabels } from '../adapters/file/labels.ts';
import { readQueue } from '../adapters/file/queue.ts';
import { defaultPolicyFile, loadPolicyFile, orThrow } from '../app/versions.ts';
import type { Label } from '../domain/event.ts';
import { figuresOf, type Figures, type MarkFigure, type Open } from '../evaluation/estimates/figures.ts';
import { SampledAccounts } from '../evaluation/estimates/sampled-accounts.ts';
import type { Estimate } from '../evaluation/estimates/share.ts';
import type { Policy } from '../policy/policy.ts';
import { decisionsOf, sampledDecision } from './decisions-file.ts';
import { formatCount, formatShare, table } from './style.ts';

/** The options of `winnow estimates show`. */
export interface EstimatesOptions {
  readonly answers: readonly string[];
  readonly queue?: string;
  readonly segments?: string;
  readonly policy?: string;
  /** 0 to 0.4. */
  readonly wrongAnswers: number;
  readonly json?: boolean;
}

/** Estimates from files, for a person or a program to read. Throws `FailureError`. */
export async function runEstimates(files: readonly string[], options: EstimatesOptions): Promise<void> {
  const policy = orThrow(await loadPolicyFile(options.policy ?? defaultPolicyFile));
  const accounts = (await sampledAccountsOf(files, policy)).accounts();
  const labels = new Map<string, Label>();
  for (const path of options.answers)
    for (const [account, { label }] of await readLabels(path)) labels.set(account, label);
  const queue = options.queue === undefined ? null : await readQueue(options.queue);
  if (queue !== null)
    warnOfOthers(
      accounts.filter(({ accountId }) => labels.has(accountId) && !queue.has(accountId)).length,
      options.queue!,
    );
  const segments = options.segments === undefined ? null : await readLabels(options.segments);
  const figures = figuresOf(accounts, {
    labels,
    wrongAnswers: options.wrongAnswers,
    clusterOf: (accountId) => queue?.get(accountId)?.group,
    segmentsOf: (accountId) => {
      const segment = segments?.get(accountId)?.segment;
      return segment === undefined || segment === '' ? [] : [segment];
    },
  });
  process.stdout.write(options.json === true ? `${JSON.stringify(figures, null, 2)}\n` : describeFigures(figures));
}

/** Says how many answers have no row in the queue, as where it is another one's: intervals are too narrow where accounts were made alike. */
function warnOfOthers(count: number, path: string): void {
  if (count === 0) return;
  process.stderr.write(
    `Warning: ${formatCount(count)} judged accounts are not in ${path}, which says who were made alike: each counts as one by itself.\n`,
  );
}

/** The accounts of the samples of decisions, by the policy that drew them. Throws `FailureError`. */
export async function sampledAccountsOf(files: readonly string[], policy: Policy): Promise<SampledAccounts> {
  const sampled = new SampledAccounts({
    periodMs: policy.samples?.periodMs ?? Infinity,
    blockFrom: policy.thresholds.block,
  });
  for (const path of files) for await (const decision of decisionsOf(path)) sampled.add(sampledDecision(decision));
  return sampled;
}

function describeFigures(figures: Figures): string {
  const header = ['', 'share', '95 % interval', 'judged', 'worth'];
  const openHeader = [...header, 'not answered', 'were they judged'];
  const parts = [
    `${formatCount(figures.drawn)} accounts in the samples, ${formatCount(figures.judged)} of them judged.\n`,
    `Of all accounts\n${table([openHeader, ['fake', ...cellsOf(figures.prevalence), ...openCells(figures.prevalence)]])}`,
    `Of actions, or stronger ones\n${table([
      openHeader,
      ...figures.actions.flatMap(({ action, precision, recall }) => [
        [`${action}: precision`, ...cellsOf(precision), ...openCells(precision)],
        [`${action}: recall`, ...cellsOf(recall), ...openCells(recall)],
      ]),
    ])}`,
  ];
  if (figures.rules.length > 0) parts.push(`Precision of rules\n${table([header, ...figures.rules.map(ofMark)])}`);
  if (figures.models.length > 0)
    parts.push(`Precision of models, where they alone would block\n${table([header, ...figures.models.map(ofMark)])}`);
  if (figures.segments.length > 0)
    parts.push(
      `Precision of blocks by segment\n${table([header, ...figures.segments.map(({ segment, precision }) => [segment, ...cellsOf(precision)])])}`,
    );
  return parts.join('\n');
}

function ofMark({ name, isShadow, precision }: MarkFigure): string[] {
  return [isShadow ? `${name} (shadow)` : name, ...cellsOf(precision)];
}

/** Between which the share would be, whatever the ones without an answer are. */
function openCells({ unanswered: { count, low, high } }: Open): string[] {
  if (count === 0 || low === null || high === null) return [formatCount(count), ''];
  return [formatCount(count), `${formatShare(low)} to ${formatShare(high)}`];
}

function cellsOf(estimate: Estimate): string[] {
  const size = [formatCount(estimate.judged), formatCount(Math.floor(estimate.effective))];
  if (estimate.kind === 'not-enough-labels') return ['not enough labels', '', ...size];
  const { share, low, high } = estimate;
  return [formatShare(share), `${formatShare(low)} to ${formatShare(high)}`, ...size];
}
