import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultProofLimits, proveBundle } from '../../../src/app/proof/prove-bundle.ts';
import { bundleAt } from '../../../src/app/versions.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { field, message } from '../adapters/onnx/onnx-file.ts';
import { onnxModel } from './onnx-graph.ts';
import { modelWith, soundModel, writeBundle } from './small-bundles.ts';

const pathOf = temporaryFolder();
const gigabyte = 1024 ** 3;

type Manifest = Record<string, unknown> & { files: Record<string, { sha256: string }> };

/** A sound bundle on disk, to be damaged. */
class Bundle {
  readonly path: string;

  constructor(version: string) {
    this.path = writeBundle(pathOf('bundles'), version);
  }

  at(file: string): string {
    return join(this.path, file);
  }

  manifest(edit: (manifest: Manifest) => object): this {
    const manifest = JSON.parse(readFileSync(this.at('manifest.json'), 'utf8')) as Manifest;
    writeFileSync(this.at('manifest.json'), JSON.stringify(edit(manifest)));
    return this;
  }

  /** Other bytes, that the manifest knows of. */
  replace(file: string, bytes: Uint8Array): this {
    writeFileSync(this.at(file), bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return this.manifest((manifest) => ({ ...manifest, files: { ...manifest.files, [file]: { sha256 } } }));
  }

  remove(file: string): this {
    rmSync(this.at(file));
    return this;
  }

  async verdict(): Promise<string> {
    const proof = await proveBundle(bundleAt(this.path), null, defaultProofLimits);
    return proof.ok ? 'sound' : `${proof.failure.code} at ${proof.failure.path}: ${proof.failure.message}`;
  }
}

const external = (location: string): Buffer => {
  const entry = message(field(1, Buffer.from('location')), field(2, Buffer.from(location)));
  const tensor = message(field(1, 4), field(2, 1), field(8, Buffer.from('weights')), field(13, entry), field(14, 1));
  return Buffer.concat([onnxModel(soundModel), field(7, field(5, tensor))]);
};

/** Its constants are folded when it is loaded: 100 GB of them. */
const hugeWhenLoaded = onnxModel(
  modelWith(
    [
      { op: 'ConstantOfShape', inputs: ['shape'], outputs: ['large'] },
      { op: 'ReduceMax', inputs: ['large'], outputs: ['added'], attributes: { keepdims: 0 } },
    ],
    [{ name: 'shape', shape: [1], values: [25_000_000_000], type: 'int64' }],
  ),
);

describe('a damaged bundle is refused in one line, by a process that ends:', () => {
  it.each<readonly [what: string, damage: (bundle: Bundle) => unknown, line: RegExp]>([
    ['a model cut short', (bundle) => truncateSync(bundle.at('model.onnx'), 300), /^BUNDLE_HASH .*model\.onnx/],
    [
      'a model cut short before it was hashed',
      (bundle) => bundle.replace('model.onnx', onnxModel(soundModel).subarray(0, 300)),
      /^BUNDLE_SHAPE .*model\.onnx: the runtime does not load it: /,
    ],
    ['an empty model', (bundle) => bundle.replace('model.onnx', Buffer.alloc(0)), /^BUNDLE_SHAPE .*model\.onnx/],
    [
      'a manifest of a gigabyte',
      (bundle) => truncateSync(bundle.at('manifest.json'), gigabyte),
      /^BUNDLE_UNREADABLE .*manifest\.json has 1073741824 bytes, more than/,
    ],
    [
      'a model of a gigabyte',
      (bundle) => truncateSync(bundle.at('model.onnx'), gigabyte),
      /^BUNDLE_UNREADABLE .*model\.onnx has 1073741824 bytes, more than/,
    ],
    [
      'golden rows of two hundred megabytes, of nothing',
      (bundle) => bundle.replace('golden.jsonl', Buffer.alloc(200 * 1024 ** 2)),
      /^BUNDLE_(GOLDEN|CRASHED|MEMORY) /,
    ],
    [
      'golden rows of two hundred megabytes of line ends',
      (bundle) => bundle.replace('golden.jsonl', Buffer.alloc(200 * 1024 ** 2, '\n')),
      /^BUNDLE_(GOLDEN|CRASHED|MEMORY) /,
    ],
    [
      'a manifest of braces within braces',
      (bundle) => writeFileSync(bundle.at('manifest.json'), '{"metrics":'.repeat(1_000_000)),
      /^BUNDLE_INVALID .*manifest\.json: it is not JSON\.$/,
    ],
    [
      'metrics that are nested without end',
      (bundle) => {
        const text = readFileSync(bundle.at('manifest.json'), 'utf8');
        const deep = `"metrics":${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`;
        writeFileSync(bundle.at('manifest.json'), text.replace(/"metrics":\{[^}]*\}/, deep));
      },
      /^(sound|BUNDLE_(INVALID|CRASHED) .*)$/,
    ],
    [
      'a name of a feature that has lines',
      (bundle) => bundle.manifest((manifest) => ({ ...manifest, features: ['form\nms\r\n\u2028error: all is well'] })),
      /^BUNDLE_FEATURES .*unknown: form ms error: all is well/,
    ],
    [
      'another definition of a feature',
      (bundle) =>
        bundle.manifest((manifest) => ({
          ...manifest,
          definitions: { ...(manifest['definitions'] as object), asn_is_hosting: '0123456789abcdef' },
        })),
      /^BUNDLE_DEFINITIONS .*asn_is_hosting \(1 in all\)/,
    ],
    [
      'no definitions at all',
      (bundle) => bundle.manifest((manifest) => ({ ...manifest, definitions: undefined })),
      /^BUNDLE_DEFINITIONS /,
    ],
    [
      'features in another number than the graph has',
      (bundle) =>
        bundle.manifest((manifest) => ({ ...manifest, features: (manifest['features'] as string[]).slice(1) })),
      /^BUNDLE_GOLDEN .*it has 4 features/,
    ],
    [
      'a manifest that names files elsewhere',
      (bundle) =>
        bundle.manifest((manifest) => ({ ...manifest, name: '../small', files: { '../../passwd': manifest.files } })),
      /^BUNDLE_INVALID /,
    ],
    ['a graph of external data', (bundle) => bundle.replace('model.onnx', external('weights.bin')), /another file/],
    [
      'a graph of external data in the working directory',
      (bundle) => bundle.replace('model.onnx', external('package-lock.json')),
      /^BUNDLE_SHAPE .*it keeps data in another file, which no manifest hashes/,
    ],
    [
      'a graph of external data anywhere',
      (bundle) => bundle.replace('model.onnx', external('../../../../../../etc/hostname')),
      /another file/,
    ],
    [
      'a graph that takes all memory while it is loaded',
      (bundle) => bundle.replace('model.onnx', hugeWhenLoaded),
      /^BUNDLE_(MEMORY|CRASHED|SHAPE|GOLDEN) /,
    ],
    [
      'a card that is a pipe',
      (bundle) => execFileSync('mkfifo', [bundle.remove('card.md').at('card.md')]),
      /^BUNDLE_UNREADABLE .*card\.md is not a regular file/,
    ],
    [
      'a model that is a folder',
      (bundle) => mkdirSync(bundle.remove('model.onnx').at('model.onnx')),
      /^BUNDLE_UNREADABLE .*model\.onnx is not a regular file/,
    ],
    [
      'a manifest that is a link to a device without end',
      (bundle) => symlinkSync('/dev/zero', bundle.remove('manifest.json').at('manifest.json')),
      /^BUNDLE_UNREADABLE .*manifest\.json is a link that leads out of its folder/,
    ],
    [
      'a model that is a link out of its folder, although its bytes are right',
      (bundle) => {
        const elsewhere = pathOf('elsewhere.onnx');
        renameSync(bundle.at('model.onnx'), elsewhere);
        symlinkSync(elsewhere, bundle.at('model.onnx'));
      },
      /^BUNDLE_UNREADABLE .*model\.onnx is a link that leads out of its folder/,
    ],
    [
      'a model that is a link to itself',
      (bundle) => symlinkSync('model.onnx', bundle.remove('model.onnx').at('model.onnx')),
      /^BUNDLE_UNREADABLE .*ELOOP/,
    ],
  ])('%s', async (what, damage, line) => {
    const bundle = new Bundle(
      what
        .replaceAll(/[^a-z0-9]+/g, '-')
        .slice(0, 60)
        .replace(/-$/, ''),
    );
    damage(bundle);
    const verdict = await bundle.verdict();
    expect(verdict).toMatch(line);
    expect(verdict).not.toMatch(/[\n\r\u2028]/);
    expect(verdict.length).toBeLessThan(1_300);
  });
});

it('a bundle whose files are links within its folder is taken, as a mounted volume has them; so is one whose folder is a link', async () => {
  const bundle = new Bundle('mounted');
  const data = bundle.at('..data');
  mkdirSync(data);
  for (const file of ['manifest.json', 'model.onnx', 'golden.jsonl', 'card.md']) {
    renameSync(bundle.at(file), join(data, file));
    symlinkSync(join('..data', file), bundle.at(file));
  }
  expect(await bundle.verdict()).toBe('sound');
  const elsewhere = pathOf('stored');
  cpSync(new Bundle('stored').path, elsewhere, { recursive: true });
  mkdirSync(pathOf('other/small'), { recursive: true });
  symlinkSync(elsewhere, pathOf('other/small/stored'));
  const proof = await proveBundle(bundleAt(pathOf('other/small/stored')), null, defaultProofLimits);
  expect(proof).toMatchObject({ ok: true });
});
