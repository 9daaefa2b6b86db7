import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { catalogueVersion, definitionHashes, featureColumn } from '../../../src/features/catalogue.ts';
import { featureCount } from '../../../src/features/extract.ts';
import type { FileReader, LoadedModel, ModelRuntime, ModelShape } from '../../../src/ports.ts';
import { loadBundle, openBundle } from '../../../src/scoring/bundle.ts';
import { exampleManifest } from '../../../src/wire/examples.ts';
import { contractShape, FakeModel } from './fake-model.ts';

const modelColumns = ['device_accounts_24h', 'form_ms'];
const goldenRow = { features: [3, null], probability: 0.25, tolerance: 1e-6 };
const goldenRows: readonly unknown[] = Array.from({ length: 64 }, () => goldenRow);

/** The hashes of definitions as they are here. */
function definitionsOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, definitionHashes[featureColumn(name)!]!]));
}

interface BundleParts {
  /** Members of the manifest to replace. */
  readonly manifest?: object;
  readonly golden?: readonly unknown[];
  /** Files to replace, after they were hashed; null takes one away. */
  readonly files?: Readonly<Record<string, string | null>>;
  readonly withExplanation?: boolean;
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The files of a bundle `starter/1`, all as they should be but for what `parts` says. */
function bundle(parts: BundleParts = {}): FileReader {
  const contents: Record<string, string> = {
    'model.onnx': 'the bytes of a model',
    'golden.jsonl': (parts.golden ?? goldenRows).map((row) => `${JSON.stringify(row)}\n`).join(''),
    'card.md': '# starter',
  };
  if (parts.withExplanation === true) contents['explanation.onnx'] = 'the bytes of an explanation';
  const { explanation, ...manifest } = exampleManifest;
  const written = JSON.stringify({
    ...manifest,
    ...(parts.withExplanation === true ? { explanation } : {}),
    name: 'starter',
    version: '1',
    features: modelColumns,
    definitions: definitionsOf(modelColumns),
    catalogueVersion,
    files: Object.fromEntries(Object.entries(contents).map(([name, content]) => [name, { sha256: sha256(content) }])),
    ...parts.manifest,
  });
  const files: Record<string, string | null> = { ...contents, 'manifest.json': written, ...parts.files };
  return {
    read(path) {
      const content = path.startsWith('starter/1/') ? files[path.slice('starter/1/'.length)] : undefined;
      return typeof content === 'string'
        ? Promise.resolve(Buffer.from(content))
        : Promise.reject(new Error(`ENOENT: no such file, open '${path}'`));
    },
  };
}

interface Loads {
  readonly model: Uint8Array;
  readonly explanation: Uint8Array | null;
}

function runtimeOf(model: LoadedModel, shape: ModelShape = contractShape(2), loads: Loads[] = []): ModelRuntime {
  return {
    load(bytes, explanation) {
      loads.push({ model: bytes, explanation });
      return Promise.resolve({ model, shape });
    },
  };
}

const rightModel = (): FakeModel => new FakeModel({ scoreRow: () => 0.25 });

function load(parts: BundleParts, model: LoadedModel = rightModel(), shape?: ModelShape) {
  return openBundle(bundle(parts), runtimeOf(model, shape), 'starter', '1');
}

/** Loads what was proven to be as it is. */
async function serve(parts: BundleParts, model: LoadedModel = rightModel()) {
  const files = bundle(parts);
  const proven = sha256((await files.read('starter/1/manifest.json', Infinity)).toString());
  return loadBundle(files, runtimeOf(model), 'starter', '1', proven);
}

describe('loadBundle', () => {
  it('gives a model that is named by its manifest and the hash of its bytes', async () => {
    const loaded = await serve({});
    expect(loaded).toMatchObject({
      ok: true,
      value: { reference: { name: 'starter', version: '1', sha256: sha256('the bytes of a model') } },
    });
  });

  it('gives a model that picks its columns from the catalogue’s matrix', async () => {
    const model = rightModel();
    const loaded = await serve({}, model);
    const row = new Float32Array(featureCount);
    row[featureColumn('form_ms')!] = 1_500;
    row[featureColumn('device_accounts_24h')!] = 7;
    if (loaded.ok) await loaded.value.score(row, 1);
    expect([...model.scored.at(-1)!.features]).toEqual([7, 1_500]);
  });

  it('refuses what is another bundle than the one that was proven', async () => {
    const model = rightModel();
    const loaded = await loadBundle(bundle(), runtimeOf(model), 'starter', '1', sha256('the manifest of another'));
    expect(loaded).toMatchObject({ ok: false, failure: { code: 'BUNDLE_HASH', message: /replaced while/ } });
    expect(model.releases).toBe(1);
  });

  it.each([true, false])('hands the runtime the explanation where the bundle has one: %s', async (withExplanation) => {
    const loads: Loads[] = [];
    const runtime = runtimeOf(rightModel(), contractShape(2), loads);
    expect((await openBundle(bundle({ withExplanation }), runtime, 'starter', '1')).ok).toBe(true);
    const texts = loads.map(({ model, explanation }) => [model, explanation].map((bytes) => bytes?.toString()));
    expect(texts).toEqual([['the bytes of a model', withExplanation ? 'the bytes of an explanation' : undefined]]);
  });

  it.each(['probability [N]', 'probability [N, 1]'])('takes %s', async (form) => {
    const shape = contractShape(2);
    const dimensions = form === 'probability [N]' ? ['N'] : ['N', 1];
    const outputs = [{ ...shape.outputs[0]!, dimensions }];
    expect((await load({}, rightModel(), { ...shape, outputs })).ok).toBe(true);
  });
});

type Refused = readonly [what: string, parts: BundleParts, code: string, path: string, message: RegExp];

const refusedFiles: readonly Refused[] = [
  ['no manifest', { files: { 'manifest.json': null } }, 'BUNDLE_UNREADABLE', 'manifest.json', /ENOENT.*manifest/],
  ['no model', { files: { 'model.onnx': null } }, 'BUNDLE_UNREADABLE', 'model.onnx', /ENOENT.*model\.onnx/],
  ['no golden rows', { files: { 'golden.jsonl': null } }, 'BUNDLE_UNREADABLE', 'golden.jsonl', /ENOENT/],
  ['no card', { files: { 'card.md': null } }, 'BUNDLE_UNREADABLE', 'card.md', /ENOENT/],
  [
    'no explanation, although it has one',
    { withExplanation: true, files: { 'explanation.onnx': null } },
    'BUNDLE_UNREADABLE',
    'explanation.onnx',
    /ENOENT/,
  ],
  ['a manifest that is no JSON', { files: { 'manifest.json': '{' } }, 'BUNDLE_INVALID', 'manifest.json', /not JSON/],
  ['a manifest of another schema', { manifest: { schema: 'x' } }, 'BUNDLE_INVALID', 'manifest.json', /^schema: /],
  ['a member of the wrong type', { manifest: { input: 3 } }, 'BUNDLE_INVALID', 'manifest.json', /^input: /],
  ['the manifest of another name', { manifest: { name: 'other' } }, 'BUNDLE_INVALID', 'manifest.json', /other 1/],
  ['the manifest of another version', { manifest: { version: '2' } }, 'BUNDLE_INVALID', 'manifest.json', /starter 2/],
  ['another model', { files: { 'model.onnx': 'another' } }, 'BUNDLE_HASH', 'model.onnx', /SHA-256/],
  ['other golden rows', { files: { 'golden.jsonl': 'another' } }, 'BUNDLE_HASH', 'golden.jsonl', /SHA-256/],
  ['another card', { files: { 'card.md': 'another' } }, 'BUNDLE_HASH', 'card.md', /SHA-256/],
  [
    'another explanation',
    { withExplanation: true, files: { 'explanation.onnx': 'another' } },
    'BUNDLE_HASH',
    'explanation.onnx',
    /SHA-256/,
  ],
  [
    'features that the catalogue does not have',
    { manifest: { features: ['form_ms', 'shoe_size', 'star_sign'], catalogueVersion: 'old' } },
    'BUNDLE_FEATURES',
    '',
    new RegExp(`shoe_size, star_sign \\(2 in all; trained with catalogue old, this one is ${catalogueVersion}\\)`),
  ],
  [
    'features that are defined otherwise here, under the same names',
    { manifest: { definitions: { ...definitionsOf(modelColumns), form_ms: '0123456789abcdef' } } },
    'BUNDLE_DEFINITIONS',
    '',
    /defined otherwise where it was trained: form_ms \(1 in all\)/,
  ],
  [
    'no definitions',
    { manifest: { definitions: undefined } },
    'BUNDLE_DEFINITIONS',
    '',
    /does not say what features the model learned/,
  ],
  ['too few golden rows', { golden: goldenRows.slice(1) }, 'BUNDLE_GOLDEN', 'golden.jsonl', /63 rows, at least 64/],
  [
    'a golden row of another width',
    { golden: [...goldenRows, { ...goldenRow, features: [1] }] },
    'BUNDLE_GOLDEN',
    'golden.jsonl:65',
    /it has 1 features/,
  ],
  [
    'a golden row whose tolerance proves nothing',
    { golden: [...goldenRows, { ...goldenRow, tolerance: 0.6 }] },
    'BUNDLE_GOLDEN',
    'golden.jsonl:65',
    /a tolerance of 0\.6 proves nothing; at most 0\.001/,
  ],
  ['a golden row that is none', { golden: [...goldenRows, 3] }, 'BUNDLE_GOLDEN', 'golden.jsonl:65', /./],
];

describe('a bundle is refused:', () => {
  it.each(refusedFiles)('%s, and loads nothing', async (_, parts, code, path, message) => {
    const loads: Loads[] = [];
    const refused = await openBundle(bundle(parts), runtimeOf(rightModel(), contractShape(2), loads), 'starter', '1');
    expect(refused).toEqual({
      ok: false,
      failure: {
        code,
        message: expect.stringMatching(message) as string,
        path: ['starter/1', path].filter(Boolean).join('/'),
      },
    });
    expect(loads).toEqual([]);
  });

  it('what the runtime does not load', async () => {
    const runtime: ModelRuntime = { load: () => Promise.reject(new Error('no protobuf')) };
    expect(await openBundle(bundle(), runtime, 'starter', '1')).toEqual({
      ok: false,
      failure: {
        code: 'BUNDLE_SHAPE',
        message: expect.stringContaining('no protobuf') as string,
        path: 'starter/1/model.onnx',
      },
    });
  });

  const { inputs, outputs } = contractShape(2);
  const input = inputs[0]!;
  const output = outputs[0]!;
  it.each<readonly [string, ModelShape, RegExp]>([
    ['no input', { inputs: [], outputs }, /inputs are/],
    ['an input of another name', { inputs: [{ ...input, name: 'x' }], outputs }, /inputs are x float32 \[N, 2\]/],
    ['an input of doubles', { inputs: [{ ...input, type: 'float64' }], outputs }, /inputs are features float64/],
    ['a second input', { inputs: [input, { ...input, name: 'mask' }], outputs }, /features .*, mask/],
    ['an input of another width', { inputs: [{ ...input, dimensions: ['N', 3] }], outputs }, /\[N, 3\]/],
    ['an input of a fixed number of rows', { inputs: [{ ...input, dimensions: [1, 2] }], outputs }, /\[1, 2\]/],
    ['an input of one dimension', { inputs: [{ ...input, dimensions: ['N'] }], outputs }, /features float32 \[N\]/],
    ['no output', { inputs, outputs: [] }, /outputs are/],
    ['an output of another name', { inputs, outputs: [{ ...output, name: 'label' }] }, /outputs are label/],
    [
      'an output of whole numbers',
      { inputs, outputs: [{ ...output, type: 'int64' }] },
      /outputs are probability int64/,
    ],
    ['a second output', { inputs, outputs: [output, { ...output, name: 'label' }] }, /probability .*, label/],
    ['an output of two columns', { inputs, outputs: [{ ...output, dimensions: ['N', 2] }] }, /\[N, 2\]/],
  ])('%s, and releases the model', async (_, shape, message) => {
    const model = rightModel();
    expect(await load({}, model, shape)).toEqual({
      ok: false,
      failure: { code: 'BUNDLE_SHAPE', message: expect.stringMatching(message) as string, path: 'starter/1' },
    });
    expect({ releases: model.releases, calls: model.scored.length }).toEqual({ releases: 1, calls: 0 });
  });
});
