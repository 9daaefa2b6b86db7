import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DeploymentInForce } from '../../../src/app/worker/deployment-in-force.ts';
import { PanelReloader } from '../../../src/app/worker/panel-reload.ts';
import type { Reloaded } from '../../../src/app/worker/refusals.ts';
import { PolicySlot, watchFile } from '../../../src/app/worker/reload.ts';
import {
  defaultDeploymentFile,
  defaultModelFolder,
  defaultPolicyFile,
  fingerprint,
  loadChampion,
  loadPolicyFile,
  orThrow,
} from '../../../src/app/versions.ts';
import type { Failure } from '../../../src/domain/failure.ts';
import { ModelSlot } from '../../../src/scoring/model-slot.ts';
import { Panel } from '../../../src/scoring/panel.ts';
import { systemClock as clock } from '../../../src/adapters/system/clock.ts';
import { silentTelemetry, type Telemetry } from '../../../src/telemetry.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';

const pathOf = temporaryFolder();
let files = 0;

/** A file of this content, in a place of its own. */
function fileOf(content: string): string {
  const file = pathOf(`file-${files++}`);
  writeFileSync(file, content);
  return file;
}

function replace(file: string, content: string): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

interface Told {
  readonly telemetry: Telemetry;
  readonly refused: Failure[];
  readonly loaded: string[];
}

function listener(): Told {
  const refused: Failure[] = [];
  const loaded: string[] = [];
  const telemetry: Telemetry = {
    ...silentTelemetry,
    policyRefused: (failure) => refused.push(failure),
    modelRefused: (failure) => refused.push(failure),
    policyLoaded: (version) => loaded.push(version),
    modelLoaded: (name, version) => loaded.push(`${name} ${version}`),
  };
  return { telemetry, refused, loaded };
}

const watched = (file: string) => ({ fingerprint: () => fingerprint(file) });

/** Watches a file whose contents are answered in turn; returns what was tried, until `tries` were. */
async function triesOf(file: string, answers: readonly Reloaded[], during: () => void = () => undefined) {
  const ending = new AbortController();
  const tried: string[] = [];
  const reload = (): Promise<Reloaded> => {
    tried.push(readFileSync(file, 'utf8'));
    if (tried.length === answers.length) ending.abort();
    return Promise.resolve(answers[tried.length - 1]!);
  };
  const watching = watchFile({ ...watched(file), known: await fingerprint(file), pollMs: 5, reload }, ending.signal);
  during();
  await watching;
  return tried;
}

describe('watchFile', () => {
  it('reloads a file once when its bytes change', async () => {
    const file = fileOf('one');
    expect(await triesOf(file, ['taken'], () => replace(file, 'two'))).toEqual(['two']);
  });

  it('tries what was refused again, though its bytes stay: what it names may have been on its way', async () => {
    const file = fileOf('one');
    const tried = await triesOf(file, ['refused', 'refused', 'taken'], () => replace(file, 'two'));
    expect(tried).toEqual(['two', 'two', 'two']);
  });

  it('leaves what was taken', async () => {
    const file = fileOf('one');
    const ending = new AbortController();
    let tries = 0;
    let looks = 0;
    const watching = watchFile(
      {
        fingerprint: () => {
          // Often enough after it was taken.
          if (tries > 0 && ++looks === 5) ending.abort();
          return fingerprint(file);
        },
        known: 'other bytes',
        pollMs: 2,
        reload: () => Promise.resolve(++tries > 0 ? 'taken' : 'refused'),
      },
      ending.signal,
    );
    await watching;
    expect(tries).toBe(1);
  });
});

const shipped = readFileSync(defaultPolicyFile, 'utf8');
const versioned = (version: string, challenge = '0.80'): string =>
  shipped.replace(/^version: .*$/m, `version: '${version}'`).replace('challenge: 0.80', `challenge: ${challenge}`);

async function slotWith(document: string) {
  const file = fileOf(document);
  return { file, slot: new PolicySlot(orThrow(await loadPolicyFile(file))), ...listener() };
}

describe('PolicySlot', () => {
  it('takes a document of another version', async () => {
    const { file, slot, telemetry, loaded } = await slotWith(versioned('a'));
    replace(file, versioned('b', '0.40'));
    expect(await slot.reload(file, telemetry)).toBe('taken');
    expect(loaded).toEqual(['b']);
    expect(slot.current.version).toBe('b');
  });

  it('refuses a second document of one version, since decisions name the version', async () => {
    const { file, slot, telemetry, refused } = await slotWith(versioned('a'));
    replace(file, versioned('a', '0.40'));
    expect(await slot.reload(file, telemetry)).toBe('refused');
    expect(refused).toMatchObject([{ code: 'POLICY_VERSION_TAKEN' }]);
    expect(slot.current.thresholds.challenge).toBe(0.8);
  });

  it('takes a former document back', async () => {
    const { file, slot, telemetry } = await slotWith(versioned('a'));
    for (const document of [versioned('b', '0.40'), versioned('a')]) {
      replace(file, document);
      expect(await slot.reload(file, telemetry)).toBe('taken');
    }
    expect(slot.current.version).toBe('a');
  });

  it('tells a refusal once, however often it is tried again', async () => {
    const { file, slot, telemetry, refused } = await slotWith(versioned('a'));
    replace(file, 'version: [');
    for (let attempt = 0; attempt < 3; attempt++) expect(await slot.reload(file, telemetry)).toBe('refused');
    expect(refused).toHaveLength(1);
  });
});

async function serving() {
  const models = pathOf(`models-${files++}`);
  mkdirSync(models);
  const told = listener();
  const champion = orThrow(await loadChampion(defaultModelFolder, defaultDeploymentFile));
  const slot = new ModelSlot(champion, { timeoutMs: 60_000, failuresMax: 3, clock, telemetry: told.telemetry });
  onTestFinished(() => slot.close());
  const panel = new Panel(slot);
  const deploymentFile = pathOf(`deployment-${files++}.json`);
  const slots = { timeoutMs: 60_000, failuresMax: Infinity, clock, telemetry: told.telemetry };
  const reloader = new PanelReloader(panel, {
    modelFolder: models,
    deployment: new DeploymentInForce(deploymentFile),
    telemetry: told.telemetry,
    slots,
  });
  return { models, slot, panel, reloader, deploymentFile, ...told };
}

describe('PanelReloader', () => {
  const shippedDeployment = JSON.parse(readFileSync(defaultDeploymentFile, 'utf8')) as {
    champion: { name: string; version: string };
  };
  const { name, version } = shippedDeployment.champion;
  const deploymentOf = (next: string): string =>
    JSON.stringify({ ...shippedDeployment, champion: { name, version: next } });

  /** A copy of the champion's bundle under another version. */
  function addBundle(models: string, next: string): void {
    const folder = join(models, name, next);
    cpSync(join(defaultModelFolder, name, version), folder, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as object;
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, version: next }));
  }

  it('takes a bundle that arrives after the deployment that names it, and tells the refusal once', async () => {
    const { models, slot, reloader, deploymentFile, refused, loaded } = await serving();
    replace(deploymentFile, deploymentOf('late'));
    expect(await reloader.reload()).toBe('refused');
    expect(await reloader.reload()).toBe('refused');
    addBundle(models, 'late');
    expect(await reloader.reload()).toBe('taken');
    expect(refused).toMatchObject([{ code: 'BUNDLE_UNREADABLE' }]);
    expect(loaded).toEqual([`${name} late`]);
    expect(slot.reference.version).toBe('late');
  });
});
