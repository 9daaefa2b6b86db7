import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogueVersion, definitionHashes, featureColumn } from '../../../src/features/catalogue.ts';
import { exampleManifest } from '../../../src/wire/examples.ts';
import { onnxModel, type Constant, type Graph, type Node, type Value } from './onnx-graph.ts';

/** Small bundles on disk: a logistic regression over four features, and what can be wrong with one. */

export const columns = ['country_differs_from_time_zone', 'asn_is_hosting', 'device_fake_share', 'account_links_24h'];
const width = columns.length;
const weights = [3, 3, 3, 0.5];
export const baseLogOdds = -3;

const input: Value = { name: 'features', shape: ['N', width] };
const output: Value = { name: 'probability', shape: ['N', 1] };
const constants: readonly Constant[] = [
  { name: 'zero', shape: [], values: [0] },
  { name: 'weights', shape: [width, 1], values: weights },
  { name: 'row_weights', shape: [1, width], values: weights },
  { name: 'bias', shape: [1], values: [baseLogOdds] },
];
const imputed: readonly Node[] = [
  { op: 'IsNaN', inputs: ['features'], outputs: ['is_missing'] },
  { op: 'Where', inputs: ['is_missing', 'zero', 'features'], outputs: ['known'] },
];
const logistic = (from: string): readonly Node[] => [
  { op: 'MatMul', inputs: [from, 'weights'], outputs: ['weighted'] },
  { op: 'Add', inputs: ['weighted', 'bias'], outputs: ['log_odds'] },
];
const sigmoid: readonly Node[] = [{ op: 'Sigmoid', inputs: ['log_odds'], outputs: ['probability'] }];

/** A model of these nodes, which have `known`, features with 0 for missing, and give `probability`. */
export function modelOf(nodes: readonly Node[], more: readonly Constant[] = []): Graph {
  return { nodes: [...imputed, ...nodes], inputs: [input], outputs: [output], constants: [...constants, ...more] };
}

export const soundModel: Graph = modelOf([...logistic('known'), ...sigmoid]);

/** The log-odds of the sound model with something added: `added` [N, 1] or a scalar. */
export function modelWith(nodes: readonly Node[], more: readonly Constant[] = []): Graph {
  const sum: Node = { op: 'Add', inputs: ['plain_log_odds', 'added'], outputs: ['log_odds'] };
  const [matMul, add] = logistic('known');
  return modelOf([matMul!, { ...add!, outputs: ['plain_log_odds'] }, ...nodes, sum, ...sigmoid], more);
}

/** Gives no number for a row with this value in it, which no proof can know. */
export const fatalValue = 0.375;
export const fragileModel: Graph = modelWith(
  [
    { op: 'Sub', inputs: ['known', 'fatal'], outputs: ['difference'] },
    { op: 'Abs', inputs: ['difference'], outputs: ['distances'] },
    { op: 'ReduceMin', inputs: ['distances', 'axis'], outputs: ['distance'] },
    { op: 'Log', inputs: ['distance'], outputs: ['infinite'] },
    { op: 'Mul', inputs: ['infinite', 'zero'], outputs: ['added'] },
  ],
  [
    { name: 'fatal', shape: [1], values: [fatalValue] },
    { name: 'axis', shape: [1], values: [1], type: 'int64' },
  ],
);

export const explanationOfSound: Graph = {
  nodes: [...imputed, { op: 'Mul', inputs: ['known', 'row_weights'], outputs: ['contributions'] }],
  inputs: [input],
  outputs: [{ name: 'contributions', shape: ['N', width] }],
  constants,
};

/** What the sound model says. */
export function soundProbability(row: readonly (number | null)[]): number {
  const logOdds = row.reduce((sum: number, value, column) => sum + (value ?? 0) * weights[column]!, baseLogOdds);
  return 1 / (1 + Math.exp(-logOdds));
}

export const goldenRows: readonly (readonly (number | null)[])[] = Array.from({ length: 80 }, (_, row) => [
  row % 2,
  row % 3 === 0 ? null : Math.floor(row / 2) % 2,
  (row % 5) / 5,
  row % 7,
]);

export interface BundleParts {
  readonly model?: Graph | Buffer;
  readonly explanation?: Graph;
  /** What its golden rows say; the sound model's probability unless given. */
  readonly probability?: (row: readonly (number | null)[], index: number) => number;
  readonly tolerance?: number;
  readonly thresholds?: { readonly challenge: number; readonly review: number; readonly block: number };
}

/** Writes `<folder>/small/<version>/`; returns that path. */
export function writeBundle(folder: string, version: string, parts: BundleParts = {}): string {
  const { model = soundModel, explanation, probability = soundProbability, tolerance = 1e-5 } = parts;
  const golden = goldenRows.map((features, index) => ({
    features,
    probability: probability(features, index),
    tolerance,
  }));
  const contents: Record<string, Buffer> = {
    'model.onnx': Buffer.isBuffer(model) ? model : onnxModel(model),
    'golden.jsonl': Buffer.from(golden.map((row) => `${JSON.stringify(row)}\n`).join('')),
    'card.md': Buffer.from('# A small model\n'),
    ...(explanation === undefined ? {} : { 'explanation.onnx': onnxModel(explanation) }),
  };
  const { explanation: _example, ...manifest } = exampleManifest;
  const definitions = columns.map((name) => [name, definitionHashes[featureColumn(name)!]!]);
  const written = {
    ...manifest,
    ...(explanation === undefined ? {} : { explanation: { file: 'explanation.onnx', baseLogOdds } }),
    ...(parts.thresholds === undefined ? {} : { thresholds: parts.thresholds }),
    name: 'small',
    version,
    features: columns,
    definitions: Object.fromEntries(definitions) as Record<string, string>,
    catalogueVersion,
    files: Object.fromEntries(Object.entries(contents).map(([name, bytes]) => [name, { sha256: sha256(bytes) }])),
  };
  const path = join(folder, 'small', version);
  mkdirSync(path, { recursive: true });
  for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(path, name), bytes);
  writeFileSync(join(path, 'manifest.json'), JSON.stringify(written));
  return path;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
