import { readFileSync } from 'node:fs';
import { EmbeddedLegalHolds } from '../../src/adapters/embedded/legal-holds.ts';
import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import type { Control } from '../../src/domain/control.ts';
import { actions, type Action, type Decision } from '../../src/domain/decision.ts';
import { FailureError } from '../../src/domain/failure.ts';
import { featureNames, sayFeature } from '../../src/features/catalogue.ts';
import { EntityKeyHasher } from '../../src/features/entity-key.ts';
import { featureCount } from '../../src/features/extract.ts';
import type { Distribution, Norms } from '../../src/features/norms/norms.ts';
import { noReference, type Reference } from '../../src/features/reference.ts';
import { HoldBoard } from '../../src/holds.ts';
import type { ListMatcher } from '../../src/lists/match.ts';
import { OwnVerdicts } from '../../src/own-verdicts.ts';
import { createPipeline, type Pipeline, type PipelineParts } from '../../src/pipeline.ts';
import type { Governor } from '../../src/policy/governor/governor.ts';
import { loadPolicy } from '../../src/policy/load-policy.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { GroupFinder } from '../../src/group-ports.ts';
import type {
  FeatureStore,
  IncomingRecord,
  LegalHolds,
  OutgoingRecord,
  Output,
  OutputName,
  RecordBatch,
  StandingChange,
} from '../../src/ports.ts';
import { DriftWatch, defaultDriftOptions } from '../../src/scoring/drift.ts';
import { ModelSlot } from '../../src/scoring/model-slot.ts';
import { Panel } from '../../src/scoring/panel.ts';
import { ServedModel, type RankInputs } from '../../src/scoring/served-model.ts';
import type { Thresholds } from '../../src/scoring/comparison.ts';
import type { RollbackRules } from '../../src/scoring/rollback.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import type { Emission } from '../../src/steps/decide-batch.ts';
import type { ClockWatch } from '../../src/steps/clock-watch.ts';
import { unbounded, type TimeBounds } from '../../src/steps/time-bounds.ts';
import { StoreGuard } from '../../src/store-guard.ts';
import type { ShadowOptions } from '../../src/steps/shadow-batch.ts';
import { silentTelemetry, type BatchReport, type Comparison, type GatheredReport } from '../../src/telemetry.ts';
import type { WireDecision } from '../../src/wire/decision-schema.ts';
import { FakeModel, type FakeModelOptions } from '../unit/scoring/fake-model.ts';

/** The whole path without a broker: all parts are the real ones but for the model, the clock and the output. */

export const startMs = Date.UTC(2026, 9, 5);
/** After every event of `stream` and of the contract's examples. */
export const nowMs = Date.UTC(2026, 11, 1);
export const acting: Emission = new Set<Action>(actions.filter((action) => action !== 'allow'));

const wholeCatalogue = Int32Array.from({ length: featureCount }, (_, column) => column);

export const defaultPolicy: Policy = policyOf(
  readFileSync(new URL('../../src/policy/default-policy.yaml', import.meta.url)),
);

export function policyOf(document: Uint8Array | string): Policy {
  const loaded = loadPolicy(Buffer.from(document), featureNames, sayFeature);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return loaded.value;
}

/** A score that depends on every value of its row and asks for all four actions, each often. */
export function scoreOfRow(row: Float32Array): number {
  let mixed = 2166136261;
  for (const bits of new Uint32Array(row.slice().buffer)) mixed = Math.imul(mixed ^ bits, 16777619);
  return ((mixed >>> 8) % 1000) / 1000;
}

export function servedModel(
  version: string,
  options: FakeModelOptions = { scoreRow: scoreOfRow },
  ranks?: RankInputs,
  thresholds?: Thresholds,
  knowsHabits?: boolean,
) {
  const model = new FakeModel(options);
  const reference = { name: 'fake', version, sha256: fakeSha256(version) };
  return { model, served: new ServedModel(model, reference, wholeCatalogue, ranks, thresholds, knowsHabits) };
}

const unknown: Distribution = { missing: 1, values: [], below: [], upTo: [] };

/** The SHA-256 that the fake model of a version has. */
export function fakeSha256(version: string): string {
  return version.padEnd(64, '0');
}

/** Norms by which a fake model may block as it likes, and from `block` on. */
export function normsFor(versions: readonly string[], block = 0): Norms {
  return {
    version: '2026-10-01-00000000',
    sha256: 'e'.repeat(64),
    window: { fromMs: startMs, toMs: startMs },
    events: 1_000_000,
    accounts: 1_000_000,
    budget: 1,
    features: [],
    types: {},
    all: { events: 0, sampledEvents: 0, sampledAccounts: 0, distributions: [] },
    scores: versions.map((version) => ({
      model: `fake ${version}`,
      modelSha256: fakeSha256(version),
      events: unknown,
      accounts: unknown,
      accountsPerDay: 1_000_000,
      block,
    })),
  };
}

const generousNorms = normsFor(Array.from({ length: 100 }, (_, version) => String(version)));

const patient: ShadowOptions = { share: 1, batchMsMax: 60_000, clock: { monotonicMs: () => performance.now() } };

export interface WorldOptions {
  readonly model?: FakeModelOptions;
  /** What the model takes as ranks: nothing unless given. */
  readonly ranks?: RankInputs;
  readonly policy?: Policy;
  /** Norms that let the fake models block from any score on, unless given. */
  readonly norms?: Norms | null;
  readonly emit?: Emission;
  readonly dating?: 'clock' | 'event';
  /** None unless given. */
  readonly timeBounds?: TimeBounds;
  readonly clockWatch?: ClockWatch;
  /** What the clock says; `nowMs` unless given. */
  readonly clockMs?: () => number;
  readonly timeoutMs?: number;
  /** When a canary is withdrawn: never unless given. */
  readonly rollback?: RollbackRules;
  readonly shadow?: ShadowOptions;
  readonly reference?: Reference;
  /** Nobody gathers what is usual unless given. */
  readonly ownNorms?: PipelineParts['ownNorms'];
  /** Nobody counts blocks unless given. */
  readonly governor?: Governor;
  /** Each counts alone unless given. */
  readonly sharing?: Pick<PipelineParts, 'allowance' | 'governorShare'>;
  /** Nothing is ordered unless given. */
  readonly control?: () => Control;
  /** There are no lists unless given; asked once a batch. */
  readonly lists?: () => ListMatcher | null;
  /** Nobody looks for groups unless given. */
  readonly groups?: GroupFinder;
  /** The topic that verdicts go to; they stay in the process unless given. */
  readonly verdictsTopic?: string;
  /** Takes verdicts that stay; of its own unless given. */
  readonly ownVerdicts?: OwnVerdicts;
  /** Where history is kept; an embedded store of its own unless given. */
  readonly history?: FeatureStore;
  /** Whom something holds; nobody unless given. */
  readonly legalHolds?: LegalHolds;
  /** Shared with whoever forgets beside the path. */
  readonly order?: Pick<PipelineParts, 'turns' | 'unsettled'>;
}

/** A pipeline with what surrounds it: what it sent, settled and told, and switches to make its neighbours fail. */
export class World {
  readonly sent: Record<OutputName, OutgoingRecord[]> = { decisions: [], deadLetters: [], verdicts: [] };
  readonly settled: StandingChange[] = [];
  readonly reports: BatchReport[] = [];
  /** Partitions of which it was told that history does not know them. */
  readonly unknown: string[] = [];
  /** Events that were found on each list, a batch each. */
  readonly listHits: ReadonlyMap<string, number>[] = [];
  readonly decided: Decision[] = [];
  /** Called before records are taken: may wait, or throw. */
  beforeSend: (output: OutputName, records: readonly OutgoingRecord[], signal: AbortSignal) => Promise<void> | void =
    () => {};
  isStoreUp = true;
  readonly slot: ModelSlot;
  readonly panel: Panel;
  /** Why canaries were withdrawn. */
  readonly withdrawn: string[] = [];
  readonly compared: Comparison[] = [];
  readonly gathered: GatheredReport[] = [];
  readonly shadowed: WireDecision[] = [];
  readonly model: FakeModel;
  readonly #pipeline: Pipeline;

  constructor(options: WorldOptions = {}) {
    const { model, served } = servedModel('1', options.model, options.ranks);
    const clock = { nowMs: options.clockMs ?? (() => nowMs), monotonicMs: () => performance.now() };
    const telemetry = {
      ...silentTelemetry,
      normsGathered: (report: GatheredReport) => void this.gathered.push(report),
      modelsCompared: (comparison: Comparison) => void this.compared.push(comparison),
      batchDone: (report: BatchReport) => void this.reports.push(report),
      listsHit: (hits: ReadonlyMap<string, number>) => void this.listHits.push(hits),
      historyUnknown: (topic: string, partition: number) => void this.unknown.push(`${topic}:${partition}`),
    };
    this.model = model;
    this.slot = new ModelSlot(served, { timeoutMs: options.timeoutMs ?? 60_000, failuresMax: 1_000, clock, telemetry });
    this.panel = new Panel(this.slot, {
      ...(options.rollback === undefined ? {} : { rollback: options.rollback }),
      onWithdrawn: (_canary, reason) => void this.withdrawn.push(reason),
    });
    const ownVerdicts = options.verdictsTopic === undefined ? (options.ownVerdicts ?? new OwnVerdicts()) : undefined;
    const pipeline = createPipeline({
      ...(options.groups === undefined ? {} : { groups: options.groups }),
      ...(ownVerdicts === undefined ? { verdictsTopic: options.verdictsTopic } : { ownVerdicts }),
      hasher: new EntityKeyHasher(Buffer.from('0123456789abcdef')),
      reference: options.reference ?? noReference,
      isReferencePartial: false,
      store: new StoreGuard(
        this.#store(options.history ?? new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 })),
        {
          holdMs: 0,
          retryInitialMs: 0,
          retryMaxMs: 0,
          clock,
          holds: new HoldBoard(clock, telemetry),
        },
      ),
      legalHolds: options.legalHolds ?? new EmbeddedLegalHolds(),
      ...options.order,
      panel: this.panel,
      ...(options.shadow === undefined ? { shadow: patient } : { shadow: options.shadow }),
      onShadow: (records) =>
        void this.shadowed.push(...records.map(({ value }) => JSON.parse(value as string) as WireDecision)),
      drift: new DriftWatch(defaultDriftOptions),
      norms: () => (options.norms === undefined ? generousNorms : options.norms),
      policy: () => options.policy ?? defaultPolicy,
      ...(options.ownNorms === undefined ? {} : { ownNorms: options.ownNorms }),
      ...(options.governor === undefined ? {} : { governor: options.governor }),
      ...options.sharing,
      ...(options.control === undefined ? {} : { control: options.control }),
      ...(options.lists === undefined ? {} : { lists: options.lists }),
      output: this.#output(),
      emit: options.emit ?? acting,
      timeBounds: options.timeBounds ?? unbounded,
      ...(options.clockWatch === undefined ? {} : { clockWatch: options.clockWatch }),
      dating: options.dating ?? 'event',
      clock,
      telemetry,
      onDecided: (_facts, decisions) => void this.decided.push(...decisions),
    });
    this.#pipeline = ownVerdicts?.around(pipeline) ?? pipeline;
  }

  take(batch: RecordBatch, signal = new AbortController().signal, onDecided?: () => void): Promise<BatchReport> {
    return this.#pipeline(batch, signal, onDecided);
  }

  async takeAll(batches: readonly RecordBatch[]): Promise<this> {
    for (const batch of batches) await this.take(batch);
    return this;
  }

  /** The bytes of all decisions, in the order of their sending. */
  get decisionTexts(): string[] {
    return this.sent.decisions.map(({ value }) => value as string);
  }

  get decisions(): WireDecision[] {
    return this.decisionTexts.map((text) => JSON.parse(text) as WireDecision);
  }

  #store(history: FeatureStore): FeatureStore {
    const answer = async <T>(call: () => Promise<T>): Promise<T> => {
      if (!this.isStoreUp) throw new FailureError({ code: 'STORE_UNAVAILABLE', message: 'no answer.' });
      return call();
    };
    return {
      observe: (batch) => answer(() => history.observe(batch)),
      settle: (position, changes) =>
        answer(() => {
          this.settled.push(...changes);
          return history.settle(position, changes);
        }),
      forget: (account) => history.forget(account),
      forgetOffsets: (...what) => history.forgetOffsets(...what),
      probe: (topic, partition) => answer(() => history.probe(topic, partition)),
      size: () => history.size(),
      close: () => history.close(),
    };
  }

  #output(): Output {
    return {
      send: async (output, records, signal) => {
        await this.beforeSend(output, records, signal);
        this.sent[output].push(...records);
      },
      close: () => Promise.resolve(),
    };
  }
}

/** Values of a simulated stream with attacks in it, in the order of time. */
export const stream: readonly Uint8Array[] = Array.from(
  simulate({ seed: 5, accounts: 150, startMs, days: 4 }).events(),
  ({ json }) => Buffer.from(json),
);

/** One record; the key is the account's as a producer would set it, where the value has one. */
export function recordOf(
  value: Uint8Array | null,
  offset: number,
  headers: IncomingRecord['headers'] = [],
): IncomingRecord {
  return { offset, key: Buffer.from(`key ${offset}`), value, headers, timestampMs: nowMs - 5 };
}

/** Cuts records into batches after the given lengths, again and again until none is left. */
export function batchesOf(
  records: readonly IncomingRecord[],
  lengths: readonly number[] = [64],
  partition = 0,
): RecordBatch[] {
  const batches: RecordBatch[] = [];
  for (let from = 0, turn = 0; from < records.length; turn++) {
    const length = lengths[turn % lengths.length]!;
    batches.push({ topic: 'account-events', partition, records: records.slice(from, from + length) });
    from += length;
  }
  return batches;
}

/** A stretch of the stream as records. */
export function streamRecords(from = 0, to = stream.length): IncomingRecord[] {
  return stream.slice(from, to).map((value, index) => recordOf(value, from + index));
}
