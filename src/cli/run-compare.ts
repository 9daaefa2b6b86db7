import { readLabels, type Label } from '../adapters/file/labels.ts';
import { readQueue } from '../adapters/file/queue.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { defaultPolicyFile, loadBundleOrChampion, loadNormsFile, loadPolicyFile, orThrow } from '../app/versions.ts';
import { eventFile, type EventSource } from '../evaluation/calibrate.ts';
import { compareRuns, type ComparedRun } from '../evaluation/compare/compare.ts';
import { comparisonPage } from '../evaluation/compare/page.ts';
import { enforceShadowRules, timeRules } from '../evaluation/compare/policies.ts';
import { Course } from '../evaluation/course/course.ts';
import { knownOf } from '../evaluation/course/known.ts';
import { writeSmallFile } from '../evaluation/queue/files.ts';
import { replay, type ReplayOptions } from '../evaluation/replay.ts';
import { promotionDefaults } from '../policy/promotion.ts';
import type { Policy } from '../policy/policy.ts';
import { ModelSlot } from '../scoring/model-slot.ts';
import { silentTelemetry } from '../telemetry.ts';
import { describeComparison } from './comparison-summary.ts';
import { LabelsApart } from './labels-apart.ts';
import { listHasher, listsOfFile } from './list/lists-of-file.ts';
import { loadConfigOf } from './load-config.ts';
import { offlineSettings } from './offline-settings.ts';
import { kafkaSource } from './run-calibrate.ts';

/** The options of `winnow compare`. */
export interface CompareOptions {
  readonly policy?: string;
  readonly bundle?: string;
  readonly norms?: string;
  readonly withPolicy?: string;
  readonly withBundle?: string;
  readonly withNorms?: string;
  readonly withShadowRules?: true;
  readonly labels?: string;
  readonly queue?: string;
  readonly withoutLabels?: true;
  readonly lists?: string;
  readonly fromKafka?: true;
  /** Milliseconds of the past that are read from Kafka. */
  readonly last: number;
  readonly config?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** What decides in one of the two runs. */
interface Side {
  readonly policy: Policy;
  readonly bundle: string | undefined;
  readonly norms: string | undefined;
}

/** A run is patient, and there is no former model to go back to. */
const modelOptions = { timeoutMs: 60_000, failuresMax: Infinity, clock: systemClock, telemetry: silentTelemetry };

/** Compares two of them on the same events, for a person or a program to read. Throws `FailureError`. */
export async function runCompare(file: string | undefined, options: CompareOptions): Promise<void> {
  const [first, other] = await sidesOf(options);
  const source = file === undefined ? await kafkaSource(options.config, options.last) : eventFile(file, 0);
  const apart = new LabelsApart(source);
  const events = options.withoutLabels === true ? apart : source;
  const models = await modelsOf([first.bundle, other.bundle]);
  const runs: ComparedRun[] = [];
  try {
    for (const [index, side] of [first, other].entries()) runs.push(await run(side, models[index]!, events, options));
  } finally {
    for (const model of new Set(models)) await model.close();
  }
  const labels: ReadonlyMap<string, Label> =
    options.labels === undefined ? apart.labels : await readLabels(options.labels);
  const queue = options.queue === undefined ? null : await readQueue(options.queue);
  const known = knownOf(labels, queue, runs[0]!.course.accounts.size);
  const gate = other.policy.promotion ?? promotionDefaults;
  const report = compareRuns(named(runs[0]!, runs[1]!), known, gate, options.withoutLabels === true);
  if (options.out !== undefined) await writeSmallFile(options.out, comparisonPage(report));
  process.stdout.write(options.json === true ? `${JSON.stringify(report, null, 2)}\n` : describeComparison(report));
}

async function sidesOf(options: CompareOptions): Promise<readonly [Side, Side]> {
  const policy = orThrow(await loadPolicyFile(options.policy ?? defaultPolicyFile));
  const written = options.withPolicy === undefined ? policy : orThrow(await loadPolicyFile(options.withPolicy));
  const first = { policy, bundle: options.bundle, norms: options.norms };
  const other = {
    policy: options.withShadowRules === true ? enforceShadowRules(written) : written,
    bundle: options.withBundle ?? options.bundle,
    norms: options.withNorms ?? options.norms,
  };
  return [first, other];
}

/** A model a bundle: both runs may have one. Throws `FailureError`. */
async function modelsOf(bundles: readonly (string | undefined)[]): Promise<readonly ModelSlot[]> {
  const models = new Map<string | undefined, ModelSlot>();
  for (const bundle of new Set(bundles))
    models.set(bundle, new ModelSlot(orThrow(await loadBundleOrChampion(bundle)), modelOptions));
  return bundles.map((bundle) => models.get(bundle)!);
}

async function run(
  { policy, norms }: Side,
  model: ModelSlot,
  source: EventSource,
  options: CompareOptions,
): Promise<ComparedRun> {
  const course = new Course();
  const timed = timeRules(policy);
  await replay({
    events: source.name,
    source,
    out: null,
    deadLetters: null,
    model,
    policy: timed.policy,
    norms: norms === undefined ? null : orThrow(await loadNormsFile(norms)),
    lists: await listsFor(options),
    emit: new Set(['challenge', 'review', 'block']),
    reference: offlineSettings(options.config),
    truth: new Map(),
    course,
  });
  const { name, version } = model.reference;
  return { name: `policy ${policy.version}, ${name} ${version}`, policy, course, ruleUs: timed.costsUs() };
}

async function listsFor({ lists, config }: CompareOptions): Promise<(ReplayOptions['lists'] & {}) | null> {
  if (lists === undefined) return null;
  return (await listsOfFile(lists, listHasher(loadConfigOf(config, process.env, [])))).lease();
}

/** Two of one name are told apart. */
function named(first: ComparedRun, other: ComparedRun): [ComparedRun, ComparedRun] {
  return first.name === other.name ? [first, { ...other, name: `${other.name} (other)` }] : [first, other];
}
