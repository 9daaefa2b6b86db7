import { readLabels } from '../adapters/file/labels.ts';
import { defaultPolicyFile, loadNormsFile, loadPolicyFile, orThrow, loadBundleOrChampion } from '../app/versions.ts';
import { FailureError } from '../domain/failure.ts';
import { accountFacts } from '../evaluation/queue/facts.ts';
import { drawQueue, type QueueRow } from '../evaluation/queue/draw.ts';
import { queueCsv, writeSmallFile } from '../evaluation/queue/files.ts';
import { factsOf, gatherFrame } from '../evaluation/queue/gather.ts';
import { queueOfSamples } from '../evaluation/queue/samples.ts';
import { queuePage } from '../evaluation/queue/page.ts';
import { describeLeftOut } from './left-out.ts';
import { listHasher, listsOfFile } from './list/lists-of-file.ts';
import { loadConfigOf } from './load-config.ts';
import { sampledAccountsOf } from './run-estimates.ts';
import { offlineSettings } from './offline-settings.ts';
import { formatCount } from './style.ts';

/** The options of `winnow queue`. */
export interface QueueCommandOptions {
  readonly bundle?: string;
  readonly norms?: string;
  /** Accounts that are drawn; absent with `samples`. */
  readonly count?: number;
  /** Decisions whose samples are asked about. */
  readonly samples?: string;
  /** The policy that drew them. */
  readonly policy?: string;
  readonly seed: number;
  readonly labels?: readonly string[];
  /** A file of lists: who is watched there is asked about more often. */
  readonly lists?: string;
  readonly config?: string;
  readonly out: readonly string[];
}

/** Events between two signs of life. */
const progressEvery = 100_000;

/** Draws a queue, writes it and tells what was drawn. Throws `FailureError`. */
export async function runQueue(file: string, options: QueueCommandOptions): Promise<void> {
  const wantsPage = options.out.some((path) => path.endsWith('.html'));
  if (file === '-' && wantsPage) refuseOnce(file);
  const settings = offlineSettings(options.config);
  const known = new Set<string>();
  for (const path of options.labels ?? [])
    for (const accountId of (await readLabels(path)).keys()) known.add(accountId);
  const lists =
    options.lists === undefined
      ? null
      : await listsOfFile(options.lists, listHasher(loadConfigOf(options.config, process.env, [])));
  const platform = options.norms === undefined ? null : orThrow(await loadNormsFile(options.norms));
  // Who was drawn is in the decisions: no model is asked again.
  const model = options.samples === undefined ? orThrow(await loadBundleOrChampion(options.bundle)) : null;
  try {
    const norms = model?.normsBy(platform) ?? null;
    let told = 0;
    const frame = await gatherFrame(
      file,
      model === null ? [] : [(features, rows) => model.score(features, rows, norms)],
      settings,
      (events) => {
        if (Math.floor(events / progressEvery) === told) return;
        told = Math.floor(events / progressEvery);
        process.stderr.write(`${formatCount(events)} events ...\n`);
      },
      lists?.lease() ?? null,
    );
    const askable = frame.accounts.filter(({ accountId }) => !known.has(accountId));
    if (askable.length === 0) refuse(file, 'all its accounts have an answer already.');
    const round = (options.labels?.length ?? 0) + 1;
    const queue =
      options.samples === undefined
        ? drawQueue(askable, { count: options.count!, seed: options.seed, round })
        : queueOfSamples(await samplesOf(options.samples, options.policy), askable, options.seed);
    if (queue.length === 0) refuse(file, 'none of its accounts is in a sample of the decisions.');
    const chosen = queue.map(({ accountId }) => accountId);
    const page = wantsPage ? queuePage(await accountFacts(factsOf(file, settings), chosen)) : '';
    for (const path of options.out) await writeSmallFile(path, path.endsWith('.html') ? page : queueCsv(queue));
    process.stderr.write(describe(queue, askable.length, describeLeftOut(frame.leftOut)));
  } finally {
    await model?.retire();
  }
}

async function samplesOf(decisions: string, policyFile: string | undefined) {
  const policy = orThrow(await loadPolicyFile(policyFile ?? defaultPolicyFile));
  return (await sampledAccountsOf([decisions], policy)).accounts();
}

/** For a person. */
function describe(queue: readonly QueueRow[], askable: number, leftOut: string): string {
  const strata = Map.groupBy(queue, ({ stratum }) => stratum);
  const lines = [...strata]
    .toSorted(([first], [second]) => first.localeCompare(second))
    .map(([stratum, rows]) => `  ${stratum.padEnd(22)} ${formatCount(rows.length).padStart(6)}`);
  return `${[
    `Drew ${formatCount(queue.length)} of ${formatCount(askable)} accounts:`,
    ...lines,
    ...(leftOut === '' ? [] : [leftOut]),
  ].join('\n')}\n`;
}

function refuseOnce(path: string): never {
  refuse(path, 'the page needs the events twice: give a file, not standard input.');
}

function refuse(path: string, message: string): never {
  throw new FailureError({ code: 'INPUT_UNREADABLE', message, path });
}
