import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EmbeddedLegalHolds } from '../../src/adapters/embedded/legal-holds.ts';
import { readLabels, type Label } from '../../src/adapters/file/labels.ts';
import { offlineGuard, offlineHasher, offlineReference, offlineTopic } from '../../src/evaluation/offline.ts';
import {
  defaultDeploymentFile,
  defaultModelFolder,
  defaultPolicyFile,
  loadChampion,
  loadNormsFile,
  loadPolicyFile,
  orThrow,
  sampleNormsFile,
} from '../../src/app/versions.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Reference } from '../../src/features/reference.ts';
import type { Norms } from '../../src/features/norms/norms.ts';
import { createPipeline } from '../../src/pipeline.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { IncomingRecord, OutgoingRecord, RecordBatch } from '../../src/ports.ts';
import { DriftWatch, defaultDriftOptions } from '../../src/scoring/drift.ts';
import { ModelSlot } from '../../src/scoring/model-slot.ts';
import { Panel } from '../../src/scoring/panel.ts';
import { StreamBounds } from '../../src/steps/stream-bounds.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import { oddInputs } from './odd-inputs.ts';

/** The golden replay: what the starter model and the policy that ships decide about a recorded stream. */

export const eventsFile = fileURLToPath(new URL('events.ndjson', import.meta.url));
export const segmentsFile = fileURLToPath(new URL('segments.csv', import.meta.url));

const recordsMax = 128;
/** Recorded events between two odd inputs. */
const oddInputEvery = 9;

/** What became of one record. */
export interface GoldenFate {
  /** The event's id, or the odd input's name. */
  readonly name: string;
  readonly decision?: Decision;
  /** Code and path of the failure. */
  readonly deadLetter?: { readonly code: string; readonly path: string };
}

/** What decides: loaded once, used for any number of replays. */
export interface GoldenParts {
  readonly reference: Reference;
  readonly panel: Panel;
  readonly policy: Policy;
  readonly norms: Norms;
  readonly segments: ReadonlyMap<string, Label>;
}

export async function loadGoldenParts(): Promise<GoldenParts> {
  const { reference, missing } = await offlineReference();
  if (missing.length > 0) throw new Error('The golden replay needs all reference data.');
  const policy = orThrow(await loadPolicyFile(defaultPolicyFile));
  const champion = orThrow(await loadChampion(defaultModelFolder, defaultDeploymentFile));
  const options = { timeoutMs: 60_000, failuresMax: Infinity, clock: clockAt(0), telemetry: silentTelemetry };
  const norms = orThrow(await loadNormsFile(sampleNormsFile));
  return {
    reference,
    policy,
    norms,
    panel: new Panel(new ModelSlot(champion, options)),
    segments: await readLabels(segmentsFile),
  };
}

/** The fates of all records, in their order, as decided on a day that `nowMs` is in: milliseconds since the epoch. */
export async function goldenReplay(parts: GoldenParts, nowMs: number): Promise<readonly GoldenFate[]> {
  const inputs = goldenInputs();
  const records = inputs.map(({ value }, offset): IncomingRecord => {
    return { offset, key: null, value, headers: [], timestampMs: nowMs };
  });
  const clock = clockAt(nowMs);
  const bounds = new StreamBounds();
  const byId = new Map<string, Decision>();
  const decisions = new Map<number, Decision>();
  const deadLetters = new Map<number, OutgoingRecord>();
  const pipeline = createPipeline({
    ...parts,
    policy: () => parts.policy,
    drift: new DriftWatch(defaultDriftOptions),
    norms: () => parts.norms,
    hasher: offlineHasher(),
    isReferencePartial: false,
    store: offlineGuard(clock),
    legalHolds: new EmbeddedLegalHolds(),
    output: {
      send: (output, sent) => {
        if (output === 'deadLetters')
          for (const letter of sent) deadLetters.set(Number(headerOf(letter, 'source-offset')), letter);
        else
          for (const { value, source } of sent) decisions.set(Number(source!.offset), byId.get(idIn(value as string))!);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    },
    emit: 'all',
    timeBounds: bounds,
    dating: 'event',
    clock,
    telemetry: silentTelemetry,
    onDecided: (_facts, made) => {
      for (const decision of made) byId.set(decision.id, decision);
    },
  });
  const { signal } = new AbortController();
  for await (const batch of bounds.readAhead(batchesOf(records))) await pipeline(batch, signal);
  return inputs.map(({ name }, offset) => fateOf(name, decisions.get(offset), deadLetters.get(offset)));
}

function fateOf(name: string, decision: Decision | undefined, letter: OutgoingRecord | undefined): GoldenFate {
  if (decision !== undefined) return { name, decision };
  if (letter === undefined) return { name };
  return { name, deadLetter: { code: headerOf(letter, 'error-code'), path: headerOf(letter, 'error-path') } };
}

function headerOf(letter: OutgoingRecord, name: string): string {
  return String(letter.headers.find((header) => header.name === name)?.value);
}

/** The recorded events with the odd inputs among them, each at the time of the event before it. */
function goldenInputs(): readonly { readonly name: string; readonly value: Uint8Array | null }[] {
  const recorded = readFileSync(eventsFile, 'utf8').trimEnd().split('\n');
  const odd = oddInputs(0).length;
  if (recorded.length < odd * oddInputEvery) throw new Error('The recorded stream is too short for the odd inputs.');
  return recorded.flatMap((text, at) => {
    const { id, time } = JSON.parse(text) as { readonly id: string; readonly time: string };
    const event = { name: id, value: Buffer.from(text) };
    const next = (at + 1) % oddInputEvery === 0 ? oddInputs(Date.parse(time))[(at + 1) / oddInputEvery - 1] : undefined;
    return next === undefined ? [event] : [event, next];
  });
}

async function* batchesOf(records: readonly IncomingRecord[]): AsyncGenerator<RecordBatch> {
  for (let from = 0; from < records.length; from += recordsMax)
    yield { topic: offlineTopic, partition: 0, records: records.slice(from, from + recordsMax) };
}

function clockAt(nowMs: number) {
  return { nowMs: () => nowMs, monotonicMs: () => performance.now() };
}

function idIn(decision: string): string {
  return (JSON.parse(decision) as { readonly id: string }).id;
}
