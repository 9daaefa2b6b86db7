import { join } from 'node:path';
import { readLabels } from '../adapters/file/labels.ts';
import { standardStream } from '../adapters/file/records.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { Course } from '../evaluation/course/course.ts';
import { knownOf } from '../evaluation/course/known.ts';
import { writeSmallFile } from '../evaluation/queue/files.ts';
import { reportPage } from '../evaluation/report/page.ts';
import { reportOf, SampleFollower } from '../evaluation/report/report.ts';
import { replay, type ReplayResult } from '../evaluation/replay.ts';
import { keepDocuments } from '../app/archive/documents.ts';
import { openArchive } from '../app/archive/open.ts';
import {
  defaultDeploymentFile,
  defaultModelFolder,
  defaultPolicyFile,
  loadBundleOrChampion,
  loadDeployment,
  loadNormsFile,
  loadPolicyFile,
  orThrow,
} from '../app/versions.ts';
import type { Archive } from '../archive/archive.ts';
import { ArchiveFeed } from '../evaluation/archive-feed.ts';
import type { Truth } from '../evaluation/tally.ts';
import { actions, type Decision } from '../domain/decision.ts';
import { ModelSlot } from '../scoring/model-slot.ts';
import { silentTelemetry } from '../telemetry.ts';
import { listHasher, listsOfFile } from './list/lists-of-file.ts';
import { loadConfigOf } from './load-config.ts';
import { offlineSettings } from './offline-settings.ts';
import { LiveView } from './live-view.ts';
import { describeReplay } from './replay-summary.ts';

/** The options of `winnow replay`. */
export interface ReplayCommandOptions {
  readonly out?: string;
  readonly deadLetters?: string;
  readonly bundle?: string;
  readonly policy?: string;
  readonly norms?: string;
  /** A file of lists: records as their topic has them. */
  readonly lists?: string;
  /** An archive to fill. */
  readonly archive?: string;
  readonly labels?: string;
  /** A page to write. */
  readonly report?: string;
  readonly config?: string;
  readonly emit: 'changes' | 'all';
  readonly json?: boolean;
}

/** A replay is patient, and there is no former model to go back to. */
const modelOptions = { timeoutMs: 60_000, failuresMax: Infinity, clock: systemClock, telemetry: silentTelemetry };

/** Runs a replay for a person (or a program, with `json`) to read. `total`: events to come, where that is known. */
export async function runReplay(
  file: string,
  options: ReplayCommandOptions,
  { total }: { readonly total: number | null },
): Promise<ReplayResult> {
  const lists =
    options.lists === undefined
      ? null
      : await listsOfFile(options.lists, listHasher(loadConfigOf(options.config, process.env, [])));
  const policy = orThrow(await loadPolicyFile(options.policy ?? defaultPolicyFile, lists?.names()));
  const served = orThrow(await loadBundleOrChampion(options.bundle));
  const norms = options.norms === undefined ? null : orThrow(await loadNormsFile(options.norms));
  const truth = options.labels === undefined ? new Map<string, Truth>() : await readLabels(options.labels);
  const archive = await archiveOf(options);
  const course = new Course();
  const samples = new SampleFollower(policy);
  const view = new LiveView(process.stderr, total);
  const model = new ModelSlot(served, modelOptions);
  try {
    const result = await replay({
      events: file,
      out: options.out ?? null,
      deadLetters: options.deadLetters ?? null,
      model,
      policy,
      norms,
      lists: lists?.lease() ?? null,
      ...(archive === null ? {} : { archive: new ArchiveFeed(archive) }),
      emit: options.emit === 'all' ? 'all' : new Set(actions.filter((action) => action !== 'allow')),
      truth,
      ...(options.report === undefined
        ? {}
        : { course, onDecided: (decisions: readonly Decision[]) => samples.take(decisions) }),
      reference: offlineSettings(options.config),
      onProgress: (progress) => view.show(progress),
    });
    view.end();
    if (options.report !== undefined) {
      const known = knownOf(truth, null, course.accounts.size);
      const report = reportOf({ course, samples, policy, known, summary: result, model: served.reference });
      await writeSmallFile(options.report, reportPage(report));
    }
    const text =
      options.json === true
        ? `${JSON.stringify(result, null, 2)}\n`
        : describeReplay(result, served.reference, policy, norms);
    (options.out === standardStream ? process.stderr : process.stdout).write(text);
    return result;
  } finally {
    view.end();
    await model.close();
    await archive?.close();
  }
}

/** The archive that is to be filled, with the documents that its decisions will name. */
async function archiveOf({
  archive: file,
  config,
  policy,
  norms,
  bundle,
}: ReplayCommandOptions): Promise<Archive | null> {
  if (file === undefined) return null;
  const archive = await openArchive(loadConfigOf(config, process.env, []), file);
  await keepDocuments(archive, {
    policyFile: policy ?? defaultPolicyFile,
    normsFile: norms,
    bundles: [bundle ?? (await shippedBundleFolder())],
  });
  return archive;
}

async function shippedBundleFolder(): Promise<string> {
  const { name, version } = orThrow(await loadDeployment(defaultDeploymentFile)).champion;
  return join(defaultModelFolder, name, version);
}
