import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  defaultProofLimits,
  proveBundle,
  type NormsAt,
  type ProofLimits,
} from '../../../src/app/proof/prove-bundle.ts';
import {
  bundleAt,
  defaultDeploymentFile,
  defaultModelFolder,
  loadDeployment,
  orThrow,
} from '../../../src/app/versions.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import type { Graph } from './onnx-graph.ts';
import { writeNorms } from './platform-norms.ts';
import {
  baseLogOdds,
  explanationOfSound,
  goldenRows,
  modelOf,
  modelWith,
  soundModel,
  soundProbability,
  writeBundle,
  type BundleParts,
} from './small-bundles.ts';

const pathOf = temporaryFolder();
const { champion } = orThrow(await loadDeployment(defaultDeploymentFile));
const starter = { folder: defaultModelFolder, ...champion };
const bounds: ProofLimits = { ...defaultProofLimits, cpuMsMax: 15_000 };

/** Proves a bundle of these parts against the one that ships: its failure in one line, or `sound`. */
async function verdictOn(version: string, parts: BundleParts, limits = bounds): Promise<string> {
  const path = writeBundle(pathOf('bundles'), version, parts);
  const proof = await proveBundle(bundleAt(path), starter, limits);
  return proof.ok ? 'sound' : `${proof.failure.code} at ${proof.failure.path}: ${proof.failure.message}`;
}

/** Ids of the processes that this one started. */
function childrenOf(id: number): readonly number[] {
  return readdirSync(`/proc/${id}/task`).flatMap((thread) =>
    readFileSync(`/proc/${id}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** A loop of this many rounds, with a condition that stays true; without end where none is given. */
function looping(rounds?: number): Graph {
  const body: Graph = {
    nodes: [
      { op: 'Identity', inputs: ['condition'], outputs: ['goes_on'] },
      { op: 'Add', inputs: ['carried', 'carried'], outputs: ['carried_on'] },
    ],
    inputs: [
      { name: 'round', shape: [], type: 'int64' },
      { name: 'condition', shape: [], type: 'bool' },
      { name: 'carried', shape: [1] },
    ],
    outputs: [
      { name: 'goes_on', shape: [], type: 'bool' },
      { name: 'carried_on', shape: [1] },
    ],
  };
  const inputs = [rounds === undefined ? '' : 'rounds', 'true', 'zero_row'];
  return modelWith(
    [
      { op: 'Loop', inputs, outputs: ['looped'], attributes: { body: { graph: body } } },
      { op: 'Mul', inputs: ['looped', 'zero'], outputs: ['added'] },
    ],
    [
      { name: 'true', shape: [], values: [1], type: 'bool' },
      { name: 'zero_row', shape: [1], values: [0] },
      { name: 'rounds', shape: [], values: [rounds ?? 0], type: 'int64' },
    ],
  );
}

const endless = looping();

/** Each row is widened to 400 million numbers, which are summed. */
const greedy: Graph = modelWith(
  [
    { op: 'Expand', inputs: ['plain_log_odds', 'wide'], outputs: ['widened'] },
    { op: 'Sin', inputs: ['widened'], outputs: ['sines'] },
    { op: 'ReduceMax', inputs: ['sines'], outputs: ['most'], attributes: { keepdims: 0 } },
    { op: 'Mul', inputs: ['most', 'zero'], outputs: ['added'] },
  ],
  [{ name: 'wide', shape: [2], values: [1, 400_000_000], type: 'int64' }],
);

const alwaysOne: Graph = modelOf(
  [
    { op: 'MatMul', inputs: ['known', 'nothing'], outputs: ['zeros'] },
    { op: 'Add', inputs: ['zeros', 'one'], outputs: ['probability'] },
  ],
  [
    { name: 'nothing', shape: [4, 1], values: [0, 0, 0, 0] },
    { name: 'one', shape: [1], values: [1] },
  ],
);

/** Adds the mean of the batch to each row's log-odds. */
const batchMean: Graph = modelWith([
  { op: 'ReduceMean', inputs: ['plain_log_odds'], outputs: ['added'], attributes: { keepdims: 0 } },
]);
const logOddsOf = (probability: number): number => Math.log(probability / (1 - probability));
const meanLogOdds = goldenRows.reduce((sum, row) => sum + logOddsOf(soundProbability(row)), 0) / goldenRows.length;
const withMean = (row: Parameters<typeof soundProbability>[0]): number =>
  1 / (1 + Math.exp(-logOddsOf(soundProbability(row)) - meanLogOdds));

const random: Graph = modelWith(
  [
    { op: 'RandomNormalLike', inputs: ['plain_log_odds'], outputs: ['noise'] },
    { op: 'Mul', inputs: ['noise', 'row_weight'], outputs: ['added'] },
  ],
  [{ name: 'row_weight', shape: [1], values: [1e-4] }],
);

const withoutImputation: Graph = {
  ...soundModel,
  nodes: soundModel.nodes
    .filter(({ op }) => op !== 'IsNaN' && op !== 'Where')
    .map((node) => ({ ...node, inputs: node.inputs.map((name) => (name === 'known' ? 'features' : name)) })),
};

const upsideDown: Graph = modelOf([
  { op: 'MatMul', inputs: ['known', 'weights'], outputs: ['weighted'] },
  { op: 'Add', inputs: ['weighted', 'bias'], outputs: ['right'] },
  { op: 'Neg', inputs: ['right'], outputs: ['log_odds'] },
  { op: 'Sigmoid', inputs: ['log_odds'], outputs: ['probability'] },
]);

const lying: Graph = {
  ...explanationOfSound,
  nodes: explanationOfSound.nodes.map((node) => (node.op === 'Mul' ? { ...node, inputs: ['known', 'zero'] } : node)),
};

const heldAgainst = async (version: string, parts: BundleParts, norms: NormsAt) => {
  const bundle = bundleAt(writeBundle(pathOf('bundles'), version, parts));
  return proveBundle(bundle, starter, bounds, undefined, undefined, norms);
};
/** Whoever has none of the traits gets 0.047. */
const blocksAll = { thresholds: { challenge: 0.001, review: 0.002, block: 0.04 } };

describe('a bundle that is to serve a platform whose norms are known', () => {
  it('is held against the rows and the accounts of that platform, as the one that ships judges them', async () => {
    const norms = await writeNorms(pathOf('norms.json'), 0.005);
    const proof = await heldAgainst('here', {}, norms);
    expect(proof).toMatchObject({ ok: true, value: { referenceOf: `norms ${norms.version}` } });
    const { referenceRows, platformAccounts } = orThrow(proof);
    expect(platformAccounts).toBeGreaterThan(100);
    expect(referenceRows).toBeGreaterThan(platformAccounts);
  });

  it('is refused where it would block most of its people', async () => {
    const { file, sha256, version } = await writeNorms(pathOf('norms.json'), 0.005);
    const proof = await heldAgainst('blocks-here', blocksAll, { file, sha256 });
    expect(proof).toMatchObject({ ok: false, failure: { code: 'BUNDLE_BLOCKS' } });
    expect(proof.ok ? '' : proof.failure.message).toContain(`norms ${version}`);
  });

  it('is held against the one that ships alone where the file has other norms by now', async () => {
    const { file } = await writeNorms(pathOf('norms.json'), 0.005);
    const proof = await heldAgainst('elsewhere', {}, { file, sha256: 'f'.repeat(64) });
    expect(proof).toMatchObject({ value: { referenceOf: `starter ${starter.version}`, platformAccounts: 0 } });
  });
});

describe('a bundle is proven in a process of its own', () => {
  it('and passes when it is sound, with an explanation and without', async () => {
    expect(await verdictOn('plain', {})).toBe('sound');
    expect(await verdictOn('explained', { explanation: explanationOfSound })).toBe('sound');
  });

  it.each<readonly [what: string, parts: BundleParts, line: RegExp]>([
    ['says 1.0 to all', { model: alwaysOne, probability: () => 1 }, /^BUNDLE_FLAT .* all get between 1 and 1\.$/],
    [
      'has golden rows that let everything pass',
      { model: upsideDown, tolerance: 0.6 },
      /^BUNDLE_GOLDEN .*golden\.jsonl:1: a tolerance of 0\.6 proves nothing/,
    ],
    ['gives other scores than in training', { model: upsideDown }, /^BUNDLE_GOLDEN .*: golden row 1 gives 0\.9/],
    [
      'looks at the whole batch',
      { model: batchMean, probability: withMean },
      /^BUNDLE_BATCH .* among others and \S+ alone\.$/,
    ],
    [
      'draws at random',
      { model: random, tolerance: 1e-3 },
      /^BUNDLE_BATCH .*: golden row \d+ gets 0\.\d+ among others/,
    ],
    [
      'has no number for a missing value that its golden rows do not show',
      { model: withoutImputation, probability: (row) => (row.includes(null) ? 0.5 : soundProbability(row)) },
      /^BUNDLE_GOLDEN .* gives NaN/,
    ],
    ['lies about its reasons', { explanation: lying }, /^BUNDLE_EXPLANATION .*add up to 0\.047426, its score is /],
    [
      'has its sense turned',
      { model: upsideDown, probability: (row) => 1 - soundProbability(row) },
      /^BUNDLE_ORDER .*it ranks only \d\d\.\d % of pairs .* starter \S+ in that order/,
    ],
    [
      'would block most of the honest',
      { thresholds: { challenge: 0.001, review: 0.002, block: 0.003 } },
      /^BUNDLE_BLOCKS .*from its threshold 0\.003 on it would block \d+\.\d % /,
    ],
    ['is no model', { model: Buffer.from('not a model') }, /^BUNDLE_SHAPE .*model\.onnx: the runtime does not load it/],
  ])('which refuses one that %s, in one line', async (what, parts, line) => {
    const verdict = await verdictOn(what.replaceAll(/[^a-z0-9]+/g, '-'), parts);
    expect(verdict).toMatch(line);
    expect(verdict).not.toContain('\n');
  });

  it('refuses one whose graph never ends, while the loop that asked goes on turning', async () => {
    const isOver = new AbortController();
    let turns = 0;
    const turning = (async () => {
      for (; !isOver.signal.aborted; turns++) await sleep(20);
    })();
    const verdict = await verdictOn('endless', { model: endless }, { ...bounds, cpuMsMax: 1_000 });
    isOver.abort();
    await turning;
    expect(verdict).toBe('BUNDLE_TIMEOUT at small/endless: its proof came to no end in 1000 ms of a processor.');
    // Held up, it would have turned once: when all is over.
    expect(turns).toBeGreaterThan(1);
  });

  it('refuses one that does not answer, however little it computes', async () => {
    const verdict = await verdictOn('silent', { model: endless }, { ...bounds, timeoutMs: 1_000 });
    expect(verdict).toBe('BUNDLE_TIMEOUT at small/silent: its proof came to no end in 1000 ms by the clock.');
  });

  // A machine that was busy with other things refused bundles at calibrate, replay and swaps: 60 s by the clock were over, with 2 s computed.
  it('waits for one that gets no processor for longer than it may compute', async () => {
    const cpuMsMax = 4_000;
    const proving = verdictOn('waiting', {}, { ...bounds, cpuMsMax });
    const stopped = childrenOf(process.pid);
    expect(stopped).not.toEqual([]);
    for (const child of stopped) process.kill(child, 'SIGSTOP');
    await sleep(cpuMsMax + 500);
    for (const child of stopped) process.kill(child, 'SIGCONT');
    expect(await proving).toBe('sound');
  });

  it('refuses one that takes more memory than it may', async () => {
    expect(await verdictOn('greedy', { model: greedy })).toMatch(/^BUNDLE_(MEMORY|CRASHED) at small\/greedy/);
  });

  it('refuses one that is slower than it may be', async () => {
    const verdict = await verdictOn('slow', { model: looping(30_000) }, { ...bounds, rowUsMax: 5 });
    expect(verdict).toMatch(
      /^BUNDLE_SLOW at small\/slow: to score a row takes \d+ us of a processor; 5 are allowed\.$/,
    );
  });

  it('says so when it is cut short', async () => {
    const bundle = bundleAt(writeBundle(pathOf('bundles'), 'cut-short', { model: endless }));
    const proof = await proveBundle(bundle, null, bounds, AbortSignal.timeout(1_000));
    expect(proof).toMatchObject({ ok: false, failure: { code: 'BUNDLE_CRASHED', message: /cut short/ } });
  });
});

it('the base of the explanation is that of the model', () => {
  expect(soundProbability([0, 0, 0, 0])).toBeCloseTo(1 / (1 + Math.exp(-baseLogOdds)), 12);
});
