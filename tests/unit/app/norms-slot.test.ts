import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  sampleNormsFile,
  loadDeployment,
  defaultDeploymentFile,
  defaultModelFolder,
} from '../../../src/app/versions.ts';
import { NormsSlot } from '../../../src/app/worker/reload.ts';
import type { Failure } from '../../../src/domain/failure.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';

const pathOf = temporaryFolder();
const sample = readFileSync(sampleNormsFile, 'utf8');

function scene() {
  const told: string[] = [];
  const telemetry = {
    ...silentTelemetry,
    normsLoaded: (version: string) => void told.push(`loaded ${version}`),
    normsRefused: ({ code }: Failure) => void told.push(`refused ${code}`),
  };
  const slot = new NormsSlot();
  const file = pathOf('norms.json');
  return { slot, told, file, reload: () => slot.reload(file, telemetry) };
}

describe('the norms in force', () => {
  it('are those of the file, and stay when it is refused', async () => {
    const { slot, told, file, reload } = scene();
    writeFileSync(file, sample);
    expect(await reload()).toBe('taken');
    const { current } = slot;
    writeFileSync(file, '{');
    expect(await reload()).toBe('refused');
    expect(await reload()).toBe('refused');
    expect(slot.current).toBe(current);
    expect(told).toEqual([`loaded ${current!.version}`, 'refused NORMS_INVALID']);
  });

  it('have a version of their own', async () => {
    const { slot, told, file, reload } = scene();
    writeFileSync(file, sample);
    await reload();
    writeFileSync(file, sample.replace('"budget":0.1', '"budget":0.2'));
    expect(await reload()).toBe('refused');
    expect(slot.current!.budget).toBe(0.1);
    expect(told.at(-1)).toBe('refused NORMS_VERSION_TAKEN');
  });

  it('are none while the file is not there', async () => {
    const { slot } = scene();
    expect(await slot.reload(pathOf('no.json'), silentTelemetry)).toBe('refused');
    expect(slot.current).toBeNull();
  });
});

describe('the norms that ship', () => {
  it('describe the scores of the champion that ships, so that the demo shows what it blocks', async () => {
    const deployment = await loadDeployment(defaultDeploymentFile);
    if (!deployment.ok) throw new Error(deployment.failure.message);
    const { name, version } = deployment.value.champion;
    const manifest = JSON.parse(readFileSync(`${defaultModelFolder}/${name}/${version}/manifest.json`, 'utf8')) as {
      files: Record<string, { sha256: string }>;
    };
    const { slot } = scene();
    await slot.reload(sampleNormsFile, silentTelemetry);
    const scores = slot.current!.scores.map(({ modelSha256 }) => modelSha256);
    expect(scores).toContain(manifest.files['model.onnx']!.sha256);
  });
});
