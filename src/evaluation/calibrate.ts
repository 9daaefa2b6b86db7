import { readRecords, refuseWithoutEvents } from '../adapters/file/records.ts';
import type { ReferenceOptions } from '../adapters/reference/load.ts';
import { FailureError, failed, success, type FailureCode, type Result } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import { accountDaysMin } from '../features/norms/block-budget.ts';
import { enough, NormsGatherer } from '../features/norms/gatherer.ts';
import { typeEventsMin } from '../features/norms/ranker.ts';
import type { Norms } from '../features/norms/norms.ts';
import type { Reference } from '../features/reference.ts';
import type { ObservationBatch } from '../features/observation.ts';
import type { RecordBatch } from '../ports.ts';
import { encodeNorms, parseNorms } from '../scoring/norms-file.ts';
import type { ServedModel } from '../scoring/served-model.ts';
import { featureBatches } from './feature-batches.ts';
import { offlineHasher, offlineReference, offlineStore } from './offline.ts';

/** Fewer than these say nothing of what is usual: a file of them would only look like norms. */
export const eventsMin = 1_000;
export const accountsMin = 100;

/** Events kept of each type, and accounts: some 50 MB in all. */
const sampled = { rowsMax: 8_192, accountsMax: 262_144 };
const dayMs = 24 * 3_600_000;

export interface CalibrateOptions {
  /** Each in the order of time; a stream of its own each, over one history. */
  readonly events: readonly EventSource[];
  /** The models whose scores are described, at most `limits.normsScoresMax`. */
  readonly models: readonly ServedModel[];
  /** Share of the accounts of a day that the score alone may block. */
  readonly budget: number;
  /** As what serves has them: what an address says depends on them. */
  readonly reference?: ReferenceOptions;
  /** Called now and then. */
  readonly onProgress?: (progress: CalibrateProgress) => void;
}

/** Past events, which can be read again. */
export interface EventSource {
  /** For a person: a path, or the names of topics. */
  readonly name: string;
  read(): AsyncIterable<RecordBatch>;
}

/** NDJSON, plain or gzip. `index`: of the file among those that are read over one history. */
export function eventFile(path: string, index: number): EventSource {
  // A topic of its own: offsets of one file say nothing of another's.
  const topic = `calibrate:${index}`;
  return {
    name: path,
    read: () => readRecords({ path, topic, recordsMax: limits.batchRecordsMax, nowMs: Date.now }),
  };
}

export interface CalibrateProgress {
  readonly events: number;
  /** 1 for features; 2 for the scores of a model that takes them as ranks, which are known only then. */
  readonly pass: 1 | 2;
  readonly passes: 1 | 2;
}

export interface Calibration {
  readonly norms: Norms;
  readonly bytes: Uint8Array;
  /** Lines that are no valid event, or whose time is out of bounds. */
  readonly leftOut: Readonly<Partial<Record<FailureCode, number>>>;
  /** Where the events are fewer than they should be, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Makes the norms of a platform from its past events, by the code that serves. Reads them twice where the model takes ranks: how it
 * scores follows from the norms of the features. The same events give the same bytes.
 *
 * Throws `FailureError` `INPUT_UNREADABLE`, also when nothing of a source is an event.
 */
export async function calibrate(options: CalibrateOptions): Promise<Result<Calibration>> {
  const { models, budget } = options;
  const { reference } = await offlineReference(options.reference);
  const passes = models.some(({ takesRanks }) => takesRanks) ? 2 : 1;
  const described = models.map((model) => ({ name: nameOf(model), sha256: model.reference.sha256 }));
  /** One model after the other: each has all processors that the runtime gives it. */
  const scoresOf = async (features: Float32Array, count: number, norms?: Norms) => {
    const scores: Float32Array[] = [];
    for (const model of models) scores.push(await model.score(features, count, norms && model.normsBy(norms)));
    return scores;
  };

  const first = new NormsGatherer({ ...sampled, models: passes === 1 ? described : [] });
  const leftOut = await gather(options, reference, async (observations, features) => {
    first.add(observations, features, passes === 1 ? await scoresOf(features, observations.count) : []);
    options.onProgress?.({ events: first.events, pass: 1, passes });
  });
  const refusal = tooSmall(first);
  if (refusal !== null) return failed('CALIBRATION_TOO_SMALL', refusal);
  if (passes === 1) return finished(first, first.describe(budget), leftOut);

  const unscored = first.describe(budget);
  const ranks = namedNorms(encodeNorms(unscored));
  const second = new NormsGatherer({ ...sampled, models: described });
  await gather(options, reference, async (observations, features) => {
    second.add(observations, features, await scoresOf(features, observations.count, ranks));
    options.onProgress?.({ events: second.events, pass: 2, passes });
  });
  return finished(second, { ...unscored, scores: second.describe(budget).scores }, leftOut);
}

type Take = (observations: ObservationBatch, features: Float32Array) => Promise<void>;

/** Takes all sources through one history, in their order. */
async function gather({ events }: CalibrateOptions, reference: Reference, take: Take): Promise<Calibration['leftOut']> {
  const store = offlineStore();
  const leftOut: Partial<Record<FailureCode, number>> = {};
  for (const source of events) {
    let [lines, known] = [0, 0];
    for await (const batch of featureBatches(source.read(), store, offlineHasher(), reference)) {
      for (const code of batch.leftOut) leftOut[code] = (leftOut[code] ?? 0) + 1;
      lines += batch.facts.length + batch.leftOut.length;
      known += batch.facts.length;
      if (batch.facts.length > 0) await take(batch.observations, batch.features);
    }
    if (known === 0) refuseWithoutEvents(source.name, lines);
  }
  return leftOut;
}

function finished(
  gatherer: NormsGatherer,
  described: Parameters<typeof encodeNorms>[0],
  leftOut: Calibration['leftOut'],
): Result<Calibration> {
  const bytes = encodeNorms(described);
  if (bytes.length > limits.normsBytesMax) throw new RangeError('norms are larger than what reads them takes');
  const norms = namedNorms(bytes);
  return success({ norms, bytes, leftOut, warnings: warningsOf(norms, gatherer.accountDays) });
}

function namedNorms(bytes: Uint8Array): Norms {
  const norms = parseNorms(bytes, 'norms.json');
  if (!norms.ok) throw new FailureError(norms.failure);
  return norms.value;
}

function tooSmall({ events, accounts }: NormsGatherer): string | null {
  if (events >= eventsMin && accounts >= accountsMin) return null;
  return `${events} events of ${accounts} accounts; it takes ${eventsMin} and ${accountsMin} at least, better ${enough.events} and ${enough.accounts}.`;
}

function warningsOf({ events, accounts, window, budget, types, scores }: Norms, accountDays: number): string[] {
  const warnings: string[] = [];
  const days = (window.toMs - window.fromMs) / dayMs;
  if (events < enough.events)
    warnings.push(`${events} events; with ${enough.events} or more, rare values are told apart.`);
  if (accounts < enough.accounts) warnings.push(`${accounts} accounts; ${enough.accounts} or more are wanted.`);
  if (days < enough.days) {
    const covered = days.toFixed(1);
    warnings.push(
      `The events cover ${covered} days: with ${enough.days} or more, the windows are full and each weekday is there.`,
    );
  }
  for (const [type, { events: seen }] of Object.entries(types)) {
    if (seen < typeEventsMin)
      warnings.push(
        `${seen} events are ${type}: their ranks are taken among events of all types, until ${typeEventsMin}.`,
      );
  }
  const isUnable = scores.some(({ block }) => block === null);
  if (isUnable && accountDays < accountDaysMin(budget))
    warnings.push(
      `Accounts were there on ${accountDays} days in all: a budget of ${budget} takes ${accountDaysMin(budget)}. Until then the score alone blocks nobody.`,
    );
  else if (isUnable)
    warnings.push(
      `Too many accounts have the highest score that there is: within ${budget} the score alone blocks nobody.`,
    );
  return warnings;
}

function nameOf({ reference: { name, version } }: ServedModel): string {
  return `${name} ${version}`;
}
