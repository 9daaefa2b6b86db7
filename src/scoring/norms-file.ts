import { createHash } from 'node:crypto';
import type { EventType } from '../domain/event.ts';
import { failed, success, type Result } from '../domain/failure.ts';
import { definitionHashes, featureColumn } from '../features/catalogue.ts';
import type { Distribution, Norms, PlatformSample, ScoreNorms, TypeNorms } from '../features/norms/norms.ts';
import { normsSchema, type WireNorms } from '../wire/norms-schema.ts';
import { parseTime } from '../wire/time.ts';
import { parseJson } from './bundle-files.ts';
import { packFloats, unpackFloats } from './packed-floats.ts';

/** Digits of the hash that a version ends with. */
const versionDigits = 8;

/** Norms as they are before they have a name. */
export type UnnamedNorms = Omit<Norms, 'version' | 'sha256'>;

/**
 * The bytes of `norms.json`. The same norms give the same bytes; their version is the day that they end with and what they are, so that
 * no two have the same.
 */
export function encodeNorms(norms: UnnamedNorms): Uint8Array {
  const toDay = new Date(norms.window.toMs).toISOString().slice(0, 10);
  const unnamed = JSON.stringify(toWire(norms, toDay));
  const digest = createHash('sha256').update(unnamed).digest('hex').slice(0, versionDigits);
  return new TextEncoder().encode(`${JSON.stringify(toWire(norms, `${toDay}-${digest}`))}\n`);
}

/** Reads `norms.json`; refuses what does not fit its schema (`NORMS_INVALID`), or describes features that are defined otherwise here. */
export function parseNorms(bytes: Uint8Array, path: string): Result<Norms> {
  const parsed = parseJson(normsSchema, bytes, 'NORMS_INVALID', path);
  if (!parsed.ok) return parsed;
  const { version, window, events, accounts, budget, features, types, all, scores } = parsed.value;
  const sample = unpackSample(parsed.value);
  if (sample === null) return failed('NORMS_INVALID', 'sample.values: not the features of its events.', path);
  const others = features.filter(({ name, definition }) => {
    const column = featureColumn(name);
    return column === undefined || definitionHashes[column] !== definition;
  });
  if (others.length > 0) {
    const told = others.slice(0, 5).map(({ name }) => name);
    return failed('NORMS_DEFINITIONS', `not as here: ${told.join(', ')} (${others.length} in all).`, path);
  }
  return success({
    version,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    window: { fromMs: parseTime(window.from), toMs: parseTime(window.to) },
    events,
    accounts,
    budget,
    features,
    types,
    all,
    scores,
    ...(sample === undefined ? {} : { sample }),
  });
}

/** The sample of a file: undefined where there is none, null where its values are not as many as its events have. */
function unpackSample({ sample, features }: WireNorms): PlatformSample | undefined | null {
  if (sample === undefined) return undefined;
  const { days, rows } = sample;
  const size = rows.reduce((sum, count) => sum + count, 0) * features.length;
  const values = unpackFloats(sample.values, size);
  return values === null ? null : { days, rows, values };
}

function toWire(norms: UnnamedNorms, version: string): WireNorms {
  const { window, events, accounts, budget, features, types, all, scores, sample } = norms;
  const byType = Object.entries(types) as [EventType, TypeNorms][];
  return {
    schema: 'winnow.norms/1',
    version,
    window: { from: isoOf(window.fromMs), to: isoOf(window.toMs) },
    events,
    accounts,
    budget,
    features: features.map(({ name, definition }) => ({ name, definition })),
    types: Object.fromEntries(byType.map(([type, each]) => [type, typeToWire(each)])),
    all: typeToWire(all),
    scores: scores.map(scoresToWire),
    ...(sample === undefined ? {} : { sample: sampleToWire(sample) }),
  };
}

function sampleToWire({ days, rows, values }: PlatformSample): WireNorms['sample'] {
  return { days: [...days], rows: [...rows], values: packFloats(values) };
}

function isoOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function typeToWire({ events, sampledEvents, sampledAccounts, distributions }: TypeNorms): WireNorms['all'] {
  return { events, sampledEvents, sampledAccounts, distributions: distributions.map(distributionToWire) };
}

function scoresToWire({ model, modelSha256, events, accounts, accountsPerDay, block }: ScoreNorms) {
  return {
    model,
    modelSha256,
    events: distributionToWire(events),
    accounts: distributionToWire(accounts),
    accountsPerDay: Math.round(accountsPerDay * 1000) / 1000,
    block: block === null ? null : shortest(block),
  };
}

function distributionToWire({ missing, values, below, upTo }: Distribution) {
  return { missing, values: values.map(shortest), below: [...below], upTo: [...upTo] };
}

/** The number with the fewest digits that is the same in 32 bits. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === Math.fround(value)) return shorter;
  }
  return value;
}
