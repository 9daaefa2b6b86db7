import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock as clock } from '../../../src/adapters/system/clock.ts';
import { DeploymentInForce } from '../../../src/app/worker/deployment-in-force.ts';
import { isSeated } from '../../../src/app/worker/panel-reload.ts';
import { openVersions } from '../../../src/app/worker/versions-in-force.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Withdrawal } from '../../../src/domain/control.ts';
import type { Config } from '../../../src/config/schema.ts';
import type { Deployment } from '../../../src/wire/bundle-schema.ts';
import { FailureError } from '../../../src/domain/failure.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import type { Node } from './onnx-graph.ts';
import { writeNorms } from './platform-norms.ts';
import { baseLogOdds, fatalValue, fragileModel, modelOf, writeBundle } from './small-bundles.ts';

const pathOf = temporaryFolder();
let folders = 0;

/** A folder of bundles `small/<version>` with a deployment, and a processor's versions over it. */
class Site {
  readonly folder = pathOf(`site-${folders++}`);
  readonly deploymentFile = join(this.folder, 'deployment.json');
  readonly told: string[] = [];
  normsFile: string | undefined;
  /** In the middle of a start: its champion is there, and its canary is yet to be proven. */
  onChampion = (): void => undefined;

  constructor(...versions: readonly string[]) {
    mkdirSync(this.folder);
    for (const version of versions) writeBundle(this.folder, version);
  }

  deploy(version: string, canary: Deployment['canary'] = null): this {
    const deployment = {
      schema: 'winnow.deployment/1',
      champion: { name: 'small', version },
      challengers: [],
      canary,
    };
    writeFileSync(`${this.deploymentFile}.new`, JSON.stringify(deployment));
    renameSync(`${this.deploymentFile}.new`, this.deploymentFile);
    return this;
  }

  /** No bundle any more, as after a disk that was not mounted. */
  takeAway(version: string): this {
    rmSync(join(this.folder, 'small', version), { recursive: true });
    return this;
  }

  async open(onWithdrawn?: (withdrawal: Withdrawal) => void) {
    const versions = await openVersions(
      this.#config(),
      this.#telemetry(),
      clock,
      { warn: () => undefined },
      onWithdrawn,
    );
    let isOpen = true;
    const close = async (): Promise<void> => {
      if (isOpen) await versions.close();
      isOpen = false;
    };
    onTestFinished(close);
    return { ...versions, close };
  }

  /** A batch of one row that is scored. */
  async score({ panel: { champion: model } }: Awaited<ReturnType<typeof openVersions>>): Promise<void> {
    const lease = model.lease();
    const scores = await lease.score(new Float32Array(featureCount), 1);
    await lease.end();
    if (scores === null) throw new Error('the model failed');
  }

  #config(): Config {
    const loaded = loadConfig({
      environment: {
        WINNOW_MODEL_DIRECTORY: this.folder,
        WINNOW_MODEL_DEPLOYMENT_FILE: this.deploymentFile,
        WINNOW_MODEL_POLL_MS: '100',
        ...(this.normsFile === undefined ? {} : { WINNOW_NORMS_FILE: this.normsFile }),
      },
      readSecretFile: () => '',
      required: [],
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
    return loaded.value;
  }

  #telemetry() {
    return {
      ...silentTelemetry,
      modelLoaded: (_name: string, version: string) => {
        this.told.push(`loaded ${version}`);
        this.onChampion();
      },
      modelFellBack: (_name: string, version: string) => void this.told.push(`fell back to ${version}`),
      canaryWithdrawn: (_name: string, version: string, reason: string) =>
        void this.told.push(`withdrew ${version}: ${reason}`),
      modelRefused: ({ code }: { code: string }) => void this.told.push(`refused ${code}`),
    };
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

describe('the norms of the platform', () => {
  // Four starts, each of which proves a bundle in a process of its own.
  it(
    'keep a bundle away that would block its people, and at a restart none that has served already',
    { timeout: 600_000 },
    async () => {
      const site = new Site('1').deploy('1');
      writeBundle(site.folder, '2', { thresholds: { challenge: 0.05, review: 0.055, block: 0.06 } });
      const serve = async (): Promise<string> => {
        const versions = await site.open();
        await site.score(versions);
        await versions.close();
        return versions.panel.champion.reference.version;
      };
      expect(await serve()).toBe('1');
      const { file } = await writeNorms(join(site.folder, 'norms.json'), 0.0001);
      site.normsFile = file;
      site.deploy('2');
      expect(await serve()).toBe('1');
      expect(site.told).toEqual(['loaded 1', 'refused BUNDLE_BLOCKS', 'fell back to 1']);
      site.normsFile = undefined;
      expect(await serve()).toBe('2');
      site.normsFile = file;
      expect(await serve()).toBe('2');
    },
  );
});

/** A bundle of a logistic regression with these weights. */
function writeOwn({ folder }: Site, version: string, weights: readonly number[]): void {
  const rank: readonly Node[] = [
    { op: 'MatMul', inputs: ['known', 'own'], outputs: ['weighted'] },
    { op: 'Add', inputs: ['weighted', 'bias'], outputs: ['log_odds'] },
    { op: 'Sigmoid', inputs: ['log_odds'], outputs: ['probability'] },
  ];
  const probability = (row: readonly (number | null)[]): number =>
    1 / (1 + Math.exp(-row.reduce((sum: number, value, column) => sum + (value ?? 0) * weights[column]!, baseLogOdds)));
  const model = modelOf(rank, [{ name: 'own', shape: [weights.length, 1], values: weights }]);
  writeBundle(folder, version, { model, probability });
}

/** Has a batch scored, so that what serves is the last good one. */
async function scoreAndClose(site: Site, versions: Awaited<ReturnType<typeof openVersions>>): Promise<void> {
  await site.score(versions);
  await expect.poll(() => existsSync(join(site.folder, 'deployment.json.last-good'))).toBe(true);
  await versions.close();
}

describe('a start with a champion that is refused', () => {
  it('has no champion where none was good before', async () => {
    const site = new Site('1').deploy('missing');
    await expect(site.open()).rejects.toThrow(FailureError);
  });

  it('takes one of its owner that ranks people of elsewhere unlike the one that ships, again and again', async () => {
    const site = new Site();
    writeOwn(site, 'own', [1, 0, 0, -0.5]);
    const first = await site.deploy('own').open();
    expect(first.panel.champion.reference.version).toBe('own');
    await scoreAndClose(site, first);
    const second = await site.open();
    expect(second.panel.champion.reference.version).toBe('own');
  });

  it('takes none that ranks unlike the one that served before', async () => {
    const site = new Site();
    writeOwn(site, '1', [3, 0, 0, 0.5]);
    writeOwn(site, '2', [-6, 0, 0, 1.5]);
    await scoreAndClose(site, await site.deploy('1').open());
    const second = await site.deploy('2').open();
    expect(second.panel.champion.reference.version).toBe('1');
    expect(site.told).toContain('refused BUNDLE_ORDER');
  });

  it('serves the last good one, says so, and takes the deployment as soon as what it names is there', async () => {
    const site = new Site('1').deploy('1');
    const before = await site.open();
    await site.score(before);
    await before.close();

    const versions = await site.deploy('2').open();
    expect(versions.panel.champion.reference.version).toBe('1');
    expect(site.told).toEqual(['loaded 1', 'refused BUNDLE_UNREADABLE', 'fell back to 1']);
    expect(versions.notes()).toEqual([expect.stringContaining('small 1, the last good one') as string]);

    writeBundle(site.folder, '2');
    await until(() => versions.panel.champion.reference.version === '2');
    expect(versions.notes()).toEqual([]);
  });

  it('is not tricked into one that never scored', async () => {
    const site = new Site('1', '2').deploy('1');
    const first = await site.open();
    await site.score(first);
    await first.close();
    // It was in place, and no batch came.
    await (await site.deploy('2').open()).close();
    const record = JSON.parse(readFileSync(`${site.deploymentFile}.last-good`, 'utf8')) as object;
    expect(record).toMatchObject({ champion: { name: 'small', version: '1' } });
  });

  it('goes on without a record where none can be written', async () => {
    const site = new Site('1').deploy('1');
    mkdirSync(`${site.deploymentFile}.last-good`);
    const versions = await site.open();
    await site.score(versions);
    await versions.close();
    expect(existsSync(`${site.deploymentFile}.last-good`)).toBe(true);
  });
});

it('a champion that fails from its first batch on hands over to the last good one, which is kept warm', async () => {
  const site = new Site('1').deploy('1');
  const before = await site.open();
  await site.score(before);
  await before.close();
  writeBundle(site.folder, '2', { model: fragileModel });
  const versions = await site.deploy('2').open();
  const lease = versions.panel.champion.lease();
  const fatal = new Float32Array(featureCount).fill(fatalValue);
  for (let batch = 0; batch < 3; batch++) expect(await lease.score(fatal, 1)).toBeNull();
  await lease.end();
  expect(versions.panel.champion.reference.version).toBe('1');
  expect(site.told.at(-1)).toBe('fell back to 1');
});

const ordered = (version: string) => ({
  schema: 'winnow.deployment/1' as const,
  champion: { name: 'small', version },
  challengers: [],
  canary: null,
  author: 'ana',
  reason: 'a drill',
});

describe('a deployment that was ordered of all members', () => {
  it('holds from the first event on, whatever the file says, until it is taken back', async () => {
    const site = new Site('1', '2').deploy('1');
    const versions = await site.open();
    versions.order(ordered('2'));
    await versions.obey();
    expect(versions.panel.champion.reference.version).toBe('2');
    site.deploy('1');
    await versions.obey();
    expect(versions.panel.champion.reference.version).toBe('2');
    versions.order(null);
    await until(() => versions.panel.champion.reference.version === '1');
    expect(versions.notes()).toEqual([]);
  });

  it('brings its champion at a start although its canary was withdrawn here: all others serve that champion', async () => {
    const site = new Site('1', '2', '3').deploy('1');
    const withdrawal = { name: 'small', version: '3', reason: 'it blocks too many', at: '2026-11-01T00:00:00Z' };
    writeFileSync(`${site.deploymentFile}.withdrawn`, JSON.stringify([withdrawal]));
    const versions = await site.open();
    versions.order({ ...ordered('2'), canary: { name: 'small', version: '3', share: 0.1 } });
    await versions.obey();
    expect(versions.panel.champion.reference.version).toBe('2');
    expect(versions.panel.canary).toBeNull();
    expect(versions.notes()).toEqual([
      'The deployment (deployment of the control topic) is refused; the champion stays small 2.',
    ]);
  });

  it('is refused where its bundle is not there, said to who asks, and taken as soon as that has come', async () => {
    const site = new Site('1').deploy('1');
    const versions = await site.open();
    versions.order(ordered('2'));
    await versions.obey();
    expect(versions.panel.champion.reference.version).toBe('1');
    expect(versions.notes()).toEqual([
      'The deployment (deployment of the control topic) is refused; the champion stays small 1.',
    ]);
    writeBundle(site.folder, '2');
    await until(() => versions.panel.champion.reference.version === '2');
    expect(versions.notes()).toEqual([]);
  });
});

describe('a canary that is withdrawn', () => {
  const seated = { ...ordered('1'), canary: { name: 'small', version: '2', share: 0.5 } };
  const withdrawal: Withdrawal = { name: 'small', version: '2', author: 'host-2', reason: 'it fails', atMs: 0 };

  /** A member over a site whose canary `2` sits on its panel. */
  async function member(site: Site, onWithdrawn?: (withdrawal: Withdrawal) => void) {
    const versions = await site.open(onWithdrawn);
    versions.order(seated);
    await versions.obey();
    expect(versions.panel.canary?.slot.reference.version).toBe('2');
    return versions;
  }

  it('by what is seen here is told to all others, with the reason', async () => {
    const site = new Site('1', '2').deploy('1');
    const told: Withdrawal[] = [];
    const { panel } = await member(site, (one) => void told.push(one));
    const { reference: model } = panel.canary!.slot;
    const nothing = { rows: 0, skipped: 0, shiftSum: 0, tookMs: 0, championMs: 0, agreement: new Uint32Array(16) };
    for (let batch = 0; batch < 10 && panel.canary !== null; batch++)
      await panel.watch({ ...nothing, role: 'canary', model, failed: true }, 10);
    expect(panel.canary).toBeNull();
    expect(told).toEqual([
      {
        name: 'small',
        version: '2',
        author: expect.any(String) as string,
        reason: expect.stringMatching(/^it failed in \d+ batches in a row$/) as string,
        atMs: expect.any(Number) as number,
      },
    ]);
  });

  it('elsewhere leaves this panel at once, is told here once, and takes no seat again, not even after a restart', async () => {
    const site = new Site('1', '2').deploy('1');
    const versions = await member(site);
    versions.withdraw(withdrawal);
    expect(versions.panel.canary).toBeNull();
    versions.withdraw(withdrawal);
    await versions.obey();
    expect(versions.panel.canary).toBeNull();
    expect(site.told.filter((line) => line.startsWith('withdrew'))).toEqual(['withdrew 2: it fails']);
    await versions.close();
    const again = await site.open();
    again.order(seated);
    await again.obey();
    expect(again.panel.canary).toBeNull();
    expect(again.withdrawals()).toMatchObject([{ name: 'small', version: '2', reason: 'it fails', atMs: 0 }]);
  });

  it('while what would sit beside it is being proven takes no seat', async () => {
    const site = new Site('1', '2', '3').deploy('1');
    const versions = await site.open();
    versions.order({ ...seated, challengers: [{ name: 'small', version: '3' }] });
    const seating = versions.obey();
    await until(() => process.getActiveResourcesInfo().includes('ProcessWrap'));
    versions.withdraw(withdrawal);
    await seating;
    expect(versions.panel.canary).toBeNull();
    expect(versions.panel.challengers.map(({ slot }) => slot.reference.version)).toEqual(['3']);
  });

  it('by a worker of the same machine leaves the panels of the others, which share its record', async () => {
    const site = new Site('1', '2').deploy('1');
    const [first, second] = [await member(site), await member(site)];
    first.withdraw(withdrawal);
    await until(() => second.panel.canary === null);
    expect(second.panel.canary).toBeNull();
  });

  it('by another worker while this one starts leaves its panel too', async () => {
    const site = new Site('1', '2').deploy('1', seated.canary);
    const { name, version, reason } = withdrawal;
    const record = JSON.stringify([{ name, version, reason, at: new Date(0).toISOString() }]);
    site.onChampion = () => writeFileSync(`${site.deploymentFile}.withdrawn`, record);
    const versions = await site.open();
    await until(() => versions.panel.canary === null);
    expect(site.told).toContain('withdrew 2: it fails');
  });
});

it('a refused deployment is tried again when a file of its bundle changes', async () => {
  const site = new Site('1').deploy('1');
  const versions = await site.open();
  writeBundle(site.folder, '2', { tolerance: 0.6 });
  site.deploy('2');
  await until(() => site.told.includes('refused BUNDLE_GOLDEN'));
  writeBundle(site.folder, '2');
  await until(() => versions.panel.champion.reference.version === '2');
  expect(versions.panel.champion.reference.version).toBe('2');
});

it('a bundle is in use here where it is ordered, in whatever role, and where it sits or sat on the panel', async () => {
  const site = new Site('1', '2', '3').deploy('1');
  const versions = await site.open();
  versions.order(ordered('2'));
  await versions.obey();
  const inUse = ['1', '2', '3'].filter((version) => isSeated(versions.panel, { name: 'small', version }));
  expect(inUse).toEqual(['1', '2']);
  const deployment = new DeploymentInForce(site.deploymentFile);
  deployment.order({ ...ordered('2'), former: { name: 'small', version: '3' } });
  expect(['1', '2', '3'].filter((version) => deployment.orders({ name: 'small', version }))).toEqual(['2', '3']);
});
