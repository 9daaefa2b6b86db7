import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock as clock } from '../../../src/adapters/system/clock.ts';
import { loadProven, orThrow } from '../../../src/app/versions.ts';
import { DeploymentInForce } from '../../../src/app/worker/deployment-in-force.ts';
import { membersOf, PanelReloader } from '../../../src/app/worker/panel-reload.ts';
import { Withdrawn } from '../../../src/app/worker/withdrawn.ts';
import { ModelSlot } from '../../../src/scoring/model-slot.ts';
import { Panel } from '../../../src/scoring/panel.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { writeBundle } from './small-bundles.ts';

const pathOf = temporaryFolder();
let folders = 0;

const named = (version: string) => ({ name: 'small', version });

/** A panel of `small 1`, and a deployment to write. */
async function site(...versions: readonly string[]) {
  const folder = pathOf(`panel-${folders++}`);
  mkdirSync(folder);
  for (const version of ['1', ...versions]) writeBundle(folder, version);
  const refused: string[] = [];
  const telemetry = {
    ...silentTelemetry,
    modelRefused: ({ code, message }: { code: string; message: string }) => void refused.push(`${code}: ${message}`),
  };
  const slots = { timeoutMs: 60_000, failuresMax: Infinity, clock, telemetry };
  const champion = orThrow(await loadProven({ folder, name: 'small', version: '1' }));
  const panel = new Panel(new ModelSlot(champion, slots));
  onTestFinished(() => panel.close());
  const deploymentFile = join(folder, 'deployment.json');
  const withdrawn = await Withdrawn.open(deploymentFile, () => undefined);
  const deployment = new DeploymentInForce(deploymentFile);
  const reloader = new PanelReloader(panel, { modelFolder: folder, deployment, telemetry, slots, withdrawn });
  const deploy = (first: string, canary: { version: string; share: number } | null, challengers: string[] = []) => {
    const next = {
      schema: 'winnow.deployment/1',
      champion: named(first),
      challengers: challengers.map(named),
      canary: canary === null ? null : { name: 'small', ...canary },
    };
    writeFileSync(deploymentFile, JSON.stringify(next));
    return reloader.reload();
  };
  return { folder, panel, refused, deploy, withdrawn, deploymentFile };
}

describe('a deployment', () => {
  it('seats canary and challengers beside the champion, and whoever stays is not loaded again', async () => {
    const { panel, deploy } = await site('2', '3');
    expect(await deploy('1', { version: '2', share: 0.1 }, ['3'])).toBe('taken');
    expect(membersOf(panel)).toEqual([
      { role: 'canary', name: 'small', version: '2', share: 0.1 },
      { role: 'challenger', name: 'small', version: '3', share: 0 },
    ]);
    const { canary, challengers } = panel;
    expect(await deploy('1', { version: '2', share: 0.5 }, ['3'])).toBe('taken');
    expect(panel.canary).toEqual({ slot: canary!.slot, share: 0.5 });
    expect(panel.challengers[0]!.slot).toBe(challengers[0]!.slot);
  });

  it('is refused as a whole when one bundle is: who judges stays who they were', async () => {
    const { folder, panel, refused, deploy } = await site('2', '3');
    await deploy('1', { version: '2', share: 0.1 });
    writeBundle(folder, '4', { tolerance: 0.6 });
    expect(await deploy('3', { version: '2', share: 0.2 }, ['4'])).toBe('refused');
    expect(refused).toEqual([expect.stringMatching(/^BUNDLE_GOLDEN: /)]);
    expect(panel.champion.reference.version).toBe('1');
    expect(panel.canary).toMatchObject({ share: 0.1 });
  });

  it('goes back to the former champion at once, from memory, whatever became of its folder meanwhile', async () => {
    const { folder, panel, deploy } = await site('2');
    expect(await deploy('2', null)).toBe('taken');
    rmSync(join(folder, 'small', '1'), { recursive: true });
    expect(await deploy('1', null)).toBe('taken');
    expect(panel.champion.reference.version).toBe('1');
    // And the one that was left is kept in its turn.
    expect(await deploy('2', null)).toBe('taken');
    expect(panel.champion.reference.version).toBe('2');
  });

  it('may not make the share of a canary smaller, since accounts keep their model; it may take the canary away', async () => {
    const { panel, refused, deploy } = await site('2');
    await deploy('1', { version: '2', share: 0.5 });
    expect(await deploy('1', { version: '2', share: 0.4 })).toBe('refused');
    expect(refused).toEqual([
      expect.stringMatching(/^DEPLOYMENT_INVALID: the share of its canary may only grow, and was 0\.5/),
    ]);
    expect(await deploy('1', null)).toBe('taken');
    expect(panel.canary).toBeNull();
  });

  it('does not bring back a canary that was withdrawn, after a restart neither; whoever else it names is served', async () => {
    const { panel, refused, deploy, withdrawn, deploymentFile } = await site('2', '3');
    withdrawn.add({ name: 'small', version: '2' }, 'it blocks too many', Date.UTC(2026, 11, 1));
    await withdrawn.written();
    expect(await deploy('1', { version: '2', share: 0.5 })).toBe('refused');
    expect(refused).toEqual([expect.stringMatching(/its canary small 2 was withdrawn: it blocks too many\./)]);
    expect(await deploy('3', { version: '2', share: 0.5 }, ['1'])).toBe('refused');
    // As a member that starts now has it: all others take their seats.
    expect(panel.champion.reference.version).toBe('3');
    expect(membersOf(panel)).toMatchObject([{ role: 'challenger', version: '1' }]);
    expect(refused).toHaveLength(1);
    const later = await Withdrawn.open(deploymentFile, () => undefined);
    expect(later.reasonOf({ name: 'small', version: '2' })).toBe('it blocks too many');
    // Somebody wrote it by hand: what cannot be a time is told to nobody as one.
    writeFileSync(later.file, JSON.stringify(later.all.map((one) => ({ ...one, at: 'yesterday' }))));
    expect((await Withdrawn.open(deploymentFile, () => undefined)).all).toMatchObject([
      { version: '2', at: '1970-01-01T00:00:00.000Z' },
    ]);
  });
});
