import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bundleAt,
  defaultDeploymentFile,
  defaultModelFolder,
  defaultPolicyFile,
  fingerprint,
  loadBundleOrChampion,
  loadChampion,
  loadPolicyFile,
  loadProven,
  orThrow,
  proveAgainst,
} from '../../../src/app/versions.ts';
import { containedReader } from '../../../src/adapters/file/reader.ts';
import { modelRuntime } from '../../../src/app/model-runtime.ts';
import { ProofMemory, type Proving } from '../../../src/app/proof/proof-memory.ts';
import { defaultProofLimits } from '../../../src/app/proof/prove-bundle.ts';
import { openProven } from '../../../src/scoring/proof/check-bundle.ts';
import { columns, modelWith, soundProbability, writeBundle } from './small-bundles.ts';
import { FailureError, type Result } from '../../../src/domain/failure.ts';
import type { ServedModel } from '../../../src/scoring/served-model.ts';
import { exampleDeployment } from '../../../src/wire/examples.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';

const pathOf = temporaryFolder();
const { champion } = JSON.parse(readFileSync(defaultDeploymentFile, 'utf8')) as typeof exampleDeployment;
const championFolder = join(defaultModelFolder, champion.name, champion.version);

/** A folder of its own for a deployment of this content. */
function deploymentOf(content: unknown): string {
  const file = pathOf(`deployment-${Math.random()}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** What was loaded, by name; it is freed at once. */
async function nameOf(loading: Promise<Result<ServedModel>>) {
  const loaded = await loading;
  if (!loaded.ok) return loaded.failure;
  await loaded.value.retire();
  const { name, version } = loaded.value.reference;
  return `${name} ${version}`;
}

describe('the champion that ships', () => {
  it('passes every check, by the deployment and by its folder', async () => {
    const name = await nameOf(loadChampion(defaultModelFolder, defaultDeploymentFile));
    expect(name).toBe(`${champion.name} ${champion.version}`);
    expect(await nameOf(loadProven(bundleAt(championFolder)))).toBe(name);
  });

  it('is proven all the same where a command over files takes it into its own process', async () => {
    expect(await nameOf(loadBundleOrChampion(undefined))).toBe(`${champion.name} ${champion.version}`);
    const options = { orderedShareMin: 0.6, rowUsMax: Infinity, threadCpuMs: () => 0 };
    const open = (version: string) =>
      openProven({ files: containedReader(pathOf('in-process')), name: 'small', version }, modelRuntime, options);
    writeBundle(pathOf('in-process'), 'sound');
    expect(await nameOf(open('sound'))).toBe('small sound');
    writeBundle(pathOf('in-process'), 'other', { probability: (row) => soundProbability(row) / 2 });
    expect(await nameOf(open('other'))).toMatchObject({ code: 'BUNDLE_GOLDEN', path: 'small/other' });
  });

  it('is refused in a folder of another name', async () => {
    const copy = pathOf('models/other/1');
    mkdirSync(copy, { recursive: true });
    cpSync(championFolder, copy, { recursive: true });
    expect(await nameOf(loadProven(bundleAt(copy)))).toMatchObject({
      code: 'BUNDLE_INVALID',
      path: 'other/1/manifest.json',
    });
  });
});

it('a model that ranks otherwise than the one that ships is taken, and refused beside one that serves so', async () => {
  const links = columns.indexOf('account_links_24h');
  const weight = -3;
  const model = modelWith(
    [{ op: 'MatMul', inputs: ['known', 'more'], outputs: ['added'] }],
    [{ name: 'more', shape: [columns.length, 1], values: columns.map((_, column) => (column === links ? weight : 0)) }],
  );
  const probability = (row: readonly (number | null)[]): number => {
    const sound = soundProbability(row);
    return 1 / (1 + ((1 - sound) / sound) * Math.exp(-weight * (row[links] ?? 0)));
  };
  const own = bundleAt(writeBundle(pathOf('own'), 'otherwise', { model, probability }));
  const shipped = { folder: defaultModelFolder, ...champion };
  expect(await proveAgainst(own, {})).toMatchObject({ ok: true });
  expect(await proveAgainst(own, { against: shipped })).toMatchObject({ failure: { code: 'BUNDLE_ORDER' } });
});

describe('a bundle that was proven before', () => {
  /** Counts what it is told. */
  class CountingMemory extends ProofMemory {
    kept = 0;
    override async keep(proving: Proving): Promise<void> {
      this.kept += 1;
      await super.keep(proving);
    }
  }

  it('is loaded without a proof, and only as its files were', async () => {
    const bundle = bundleAt(writeBundle(pathOf('remembered'), 'sound'));
    const memory = new CountingMemory(pathOf('remembered/deployment.json'), '0123456789abcdef0123456789abcdef');
    expect(await nameOf(loadProven(bundle, { memory }))).toBe('small sound');
    expect(memory.kept).toBe(1);
    // Each proof that passes is kept: there was no other.
    expect(await nameOf(loadProven(bundle, { memory }))).toBe('small sound');
    expect(memory.kept).toBe(1);

    // Other limits are another proof.
    const hurried = { ...defaultProofLimits, timeoutMs: 1 };
    expect(await nameOf(loadProven(bundle, { memory, limits: hurried }))).toMatchObject({ code: 'BUNDLE_TIMEOUT' });
    // So is another bundle under the same name, and one whose files are not what its manifest says is loaded by nobody.
    const folder = join(bundle.folder, bundle.name, bundle.version);
    writeFileSync(join(folder, 'golden.jsonl'), '');
    expect(await nameOf(loadProven(bundle, { memory }))).toMatchObject({ code: 'BUNDLE_HASH' });
    writeBundle(pathOf('remembered'), 'sound', { probability: (row) => soundProbability(row) / 2 });
    expect(await nameOf(loadProven(bundle, { memory }))).toMatchObject({ code: 'BUNDLE_GOLDEN' });
    expect(memory.kept).toBe(1);
  });
});

describe('loadChampion', () => {
  const plain = { ...exampleDeployment, challengers: [], canary: null };
  it.each<readonly [string, unknown, string, RegExp]>([
    ['is no JSON', '{', 'DEPLOYMENT_INVALID', /not JSON/],
    ['names no champion', { ...plain, champion: null }, 'DEPLOYMENT_INVALID', /champion/],
    [
      'names a bundle that is not there',
      { ...plain, champion: { name: 'none', version: '1' } },
      'BUNDLE_UNREADABLE',
      /ENOENT/,
    ],
  ])('refuses a deployment that %s', async (_, content, code, message) => {
    const failure = await nameOf(loadChampion(defaultModelFolder, deploymentOf(content)));
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('says that there is no deployment', async () => {
    const path = pathOf('none.json');
    expect(await nameOf(loadChampion(defaultModelFolder, path))).toMatchObject({ code: 'DEPLOYMENT_INVALID', path });
  });
});

describe('loadPolicyFile', () => {
  it('loads the policy that ships', async () => {
    expect(await loadPolicyFile(defaultPolicyFile)).toMatchObject({ ok: true, value: { version: '2' } });
  });

  it('tells every fault with its line', async () => {
    const file = pathOf('policy.yaml');
    writeFileSync(file, 'version: 3\nthresholds: {}\n');
    expect(await loadPolicyFile(file)).toEqual({
      ok: false,
      failure: {
        code: 'POLICY_INVALID',
        path: file,
        message: expect.stringMatching(/policy\.yaml:1:\d+: [^]*policy\.yaml:2:\d+: /) as string,
      },
    });
  });

  it('says that there is none', async () => {
    expect(await loadPolicyFile(pathOf('none.yaml'))).toMatchObject({
      ok: false,
      failure: { code: 'POLICY_UNREADABLE' },
    });
  });
});

describe('orThrow', () => {
  it('gives what went well and throws what did not', () => {
    const failure = { code: 'BUNDLE_HASH', message: 'x.' } as const;
    expect(orThrow({ ok: true, value: 3 })).toBe(3);
    expect(() => orThrow({ ok: false, failure })).toThrow(FailureError);
  });
});

describe('fingerprint', () => {
  it('is another for other bytes, and null where there are none', async () => {
    writeFileSync(pathOf('a'), 'a');
    writeFileSync(pathOf('b'), 'b');
    const [a, b, again, none] = await Promise.all(['a', 'b', 'a', 'none'].map((name) => fingerprint(pathOf(name))));
    expect(a).toBe(again);
    expect(a).not.toBe(b);
    expect(none).toBeNull();
  });
});
