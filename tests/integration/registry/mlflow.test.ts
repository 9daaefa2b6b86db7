import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock as clock } from '../../../src/adapters/system/clock.ts';
import { defaultDeploymentFile, defaultModelFolder, loadDeployment, orThrow } from '../../../src/app/versions.ts';
import { openVersions, type VersionsInForce } from '../../../src/app/worker/versions-in-force.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { writeBundle } from '../../unit/app/small-bundles.ts';
import { requireMlflow, startMlflow } from '../../servers/mlflow.ts';

const waitMsMax = 120_000;

async function until(condition: () => boolean, what: string): Promise<void> {
  const startMs = performance.now();
  while (!condition()) {
    if (performance.now() - startMs > waitMsMax) throw new Error(`not within ${waitMsMax} ms: ${what}`);
    await sleep(50);
  }
}

const serving = ({ panel }: VersionsInForce): string => panel.champion.reference.version;

it('a real MLflow server names champion and challenger by its aliases, and what serves outlives it', async (context) => {
  const mlflow = await startMlflow(requireMlflow(context));
  onTestFinished(() => mlflow.stop());
  const folder = await mkdtemp(join(tmpdir(), 'winnow-registry-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const models = join(folder, 'models');
  const { champion } = orThrow(await loadDeployment(defaultDeploymentFile));
  const shipped = join(defaultModelFolder, champion.name, champion.version);
  await cp(shipped, join(models, champion.name, champion.version), { recursive: true });
  const deploymentFile = join(models, 'deployment.json');
  const byFile = { schema: 'winnow.deployment/1', champion, challengers: [], canary: null };
  await writeFile(deploymentFile, JSON.stringify(byFile));

  const told: string[] = [];
  const open = async (): Promise<VersionsInForce> => {
    const config = loadConfig({
      environment: {
        WINNOW_MODEL_DIRECTORY: models,
        WINNOW_MODEL_DEPLOYMENT_FILE: deploymentFile,
        WINNOW_MODEL_POLL_MS: '100',
        WINNOW_MODEL_REGISTRY_URL: mlflow.url,
        WINNOW_MODEL_REGISTRY_MODEL: 'winnow',
        WINNOW_MODEL_REGISTRY_POLL_MS: '1000',
      },
      readSecretFile: () => '',
      required: [],
    });
    if (!config.ok) throw new Error(JSON.stringify(config.failure));
    const telemetry = {
      ...silentTelemetry,
      modelRefused: ({ code }: { code: string }) => void told.push(code),
      registryLooked: (failure: { code: string } | null) => void told.push(failure?.code ?? 'ok'),
    };
    return openVersions(config.value, telemetry, clock, { warn: () => undefined });
  };
  // Nothing is registered yet: the file counts.
  const versions = await open();
  expect(serving(versions)).toBe(champion.version);
  await until(() => told.includes('REGISTRY_REFUSED'), 'it is told that there is no such model');

  const first = await mlflow.register('winnow', writeBundle(folder, 'first'));
  const second = await mlflow.register('winnow', writeBundle(folder, 'second'));
  await mlflow.setAlias('winnow', 'champion', first);
  await mlflow.setAlias('winnow', 'challenger', second);
  await until(() => serving(versions) === 'first', 'the alias champion serves');
  await until(() => versions.panel.challengers.length === 1, 'the alias challenger is watched');

  await mlflow.setAlias('winnow', 'champion', second);
  await until(() => serving(versions) === 'second', 'the alias has moved');

  // One that fails its proof is downloaded, and refused like any other.
  const bad = await mlflow.register('winnow', writeBundle(folder, 'bad', { tolerance: 0.6 }));
  await mlflow.setAlias('winnow', 'champion', bad);
  await until(() => told.includes('BUNDLE_GOLDEN'), 'the bad one is refused');
  expect(serving(versions)).toBe('second');
  await mlflow.setAlias('winnow', 'champion', second);
  await until(() => versions.notes().length === 0, 'all is as it was');

  await mlflow.stop();
  await until(() => told.includes('REGISTRY_UNAVAILABLE'), 'it is told that the registry is away');
  expect(serving(versions)).toBe('second');
  expect(versions.notes()).toEqual([expect.stringContaining('REGISTRY_UNAVAILABLE')]);
  await versions.close();
  const again = await open();
  expect(serving(again)).toBe('second');
  await again.close();
});
