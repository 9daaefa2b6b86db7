import { readLabels, type Label } from '../adapters/file/labels.ts';
import {
  bundleAt,
  defaultPolicyFile,
  loadNormsFile,
  loadPolicyFile,
  loadProven,
  orThrow,
  loadBundleOrChampion,
} from '../app/versions.ts';
import { actions } from '../domain/decision.ts';
import type { Norms } from '../features/norms/norms.ts';
import { blockFromOf, diffModels, type ModelDiff, type ModelSide } from '../evaluation/model-diff.ts';
import { drawQueue } from '../evaluation/queue/draw.ts';
import { queueCsv, writeSmallFile } from '../evaluation/queue/files.ts';
import { accountFacts } from '../evaluation/queue/facts.ts';
import { factsOf, gatherFrame } from '../evaluation/queue/gather.ts';
import { queuePage } from '../evaluation/queue/page.ts';
import type { ServedModel } from '../scoring/served-model.ts';
import { describeLeftOut } from './left-out.ts';
import { offlineSettings } from './offline-settings.ts';
import { formatCount, formatShare, table } from './style.ts';

/** The options of `winnow model diff`. */
export interface DiffModelOptions {
  readonly champion?: string;
  readonly policy?: string;
  readonly norms?: string;
  readonly labels?: string;
  readonly config?: string;
  /** The accounts in dispute: as a queue, and as the page that reviewers see. */
  readonly out?: readonly string[];
  readonly count: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** Scores a stream by two models and tells where they differ. Throws `FailureError`. */
export async function diffModel(events: string, other: string, options: DiffModelOptions): Promise<void> {
  const { thresholds } = orThrow(await loadPolicyFile(options.policy ?? defaultPolicyFile));
  const norms = options.norms === undefined ? null : orThrow(await loadNormsFile(options.norms));
  const truth = options.labels === undefined ? new Map<string, Label>() : await readLabels(options.labels);
  const models: ServedModel[] = [];
  try {
    models.push(orThrow(await loadBundleOrChampion(options.champion)));
    models.push(orThrow(await loadProven(bundleAt(other))));
    const frame = await gatherFrame(events, models.map(scoreBy(norms)), offlineSettings(options.config));
    // The champion acts on the thresholds of the policy; another has those of its bundle until it is promoted.
    const [champion, challenger] = models.map(({ reference, thresholds: own }, index) => ({
      highest: frame.highest[index]!,
      thresholds: index === 0 ? thresholds : own,
      blockFrom: blockFromOf(norms, reference.sha256),
    }));
    const labels = frame.accounts.map(({ accountId }) => truth.get(accountId)?.label);
    const diff = diffModels(champion!, challenger!, labels);
    const disputed = diff.disagreements.map((account) => frame.accounts[account]!);
    if (disputed.length > 0) await writeDisputed(events, disputed, options);
    const told = { events: frame.events, models: models.map(({ reference }) => reference), ...diff };
    const { disagreements, ...counted } = told;
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify({ ...counted, disagreements: disagreements.length }, null, 2)}\n`
        : describe(told, truth.size > 0, describeLeftOut(frame.leftOut)),
    );
  } finally {
    for (const model of models) await model.retire();
  }
}

/** Draws some of the accounts in dispute, for people who are told neither which model says what nor that any does. */
async function writeDisputed(
  events: string,
  disputed: Parameters<typeof drawQueue>[0],
  { out = [], count, seed, config }: DiffModelOptions,
): Promise<void> {
  if (out.length === 0) return;
  const rows = drawQueue(disputed, { count, seed, round: 1 });
  const chosen = rows.map(({ accountId }) => accountId);
  const page = out.some(isPage) ? queuePage(await accountFacts(factsOf(events, offlineSettings(config)), chosen)) : '';
  for (const path of out) await writeSmallFile(path, isPage(path) ? page : queueCsv(rows));
}

function isPage(path: string): boolean {
  return path.endsWith('.html');
}

function scoreBy(norms: Norms | null) {
  return (model: ServedModel) => {
    const own = model.normsBy(norms);
    return (features: Float32Array, rows: number): Promise<Float32Array> => model.score(features, rows, own);
  };
}

type Told = ModelDiff & { readonly events: number; readonly models: readonly ServedModel['reference'][] };

function describe(told: Told, hasLabels: boolean, leftOut: string): string {
  const names = told.models.map(({ name, version }) => `${name} ${version}`) as [string, string];
  const { p05, p50, p95, mean } = told.shift;
  const parts = [
    `${formatCount(told.events)} events of ${formatCount(told.accounts)} accounts; champion ${names[0]}, other ${names[1]}${leftOut && `\n${leftOut}`}\n`,
    `Accounts by what the score asks for: champion down, other across\n${table([
      ['', ...actions],
      ...actions.map((action, row) => [action, ...told.agreement[row]!.map(formatCount)]),
    ])}  ${formatShare(told.agreedShare)} agree; ${told.blockRatio === null ? 'the champion blocks none' : `the other blocks ${told.blockRatio.toFixed(2)} times as many`}\n`,
    `Score shift, other less champion: mean ${signed(mean)}, 5 % below ${signed(p05)}, median ${signed(p50)}, 5 % above ${signed(p95)}\n`,
  ];
  if (hasLabels) parts.push(quality(told, names));
  for (const [index, side] of told.sides.entries())
    if (!side.isCalibrated)
      parts.push(
        `The norms do not describe ${names[index]!}: its score asks for review at most (winnow calibrate --bundle).\n`,
      );
  return parts.join('\n');
}

function quality(told: Told, names: readonly string[]): string {
  const header = ['by account', 'AUC', ...reachNames];
  const rows = told.sides.map((side, index) => [names[index]!, side.auc?.toFixed(4) ?? '-', ...reachOf(side)]);
  return `Against the labels: fakes and genuine accounts for which an action or a stronger one is due\n${table([
    header,
    ...rows,
  ])}  where they differ, the champion was right ${formatCount(told.right.champion)} times and the other ${formatCount(told.right.other)} times\n`;
}

const reachNames = ['challenge', 'review', 'block'] as const;

function reachOf({ reached }: ModelSide): string[] {
  return reachNames.map((action) => `${formatCount(reached[action].fake)} / ${formatCount(reached[action].genuine)}`);
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(3)}`;
}
