import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory, removeOldLogs } from './cache.ts';
import { guard } from './guardian.ts';
import { freePort } from './ports.ts';
import { startProcess, waitUntilReady } from './process.ts';
import type { Skip } from './unavailable.ts';

/** A real MLflow server on loopback that hands out artifacts itself, with a way to register bundles as anybody would. */
export interface MlflowServer {
  readonly url: string;
  /** Registers the files of a folder as the next version of a model. Returns that version. */
  register(model: string, folder: string): Promise<string>;
  setAlias(model: string, alias: string, version: string): Promise<void>;
  stop(): Promise<void>;
}

const runCache = join(cacheDirectory, 'mlflow');
const readyMsMax = 180_000;
const stopMsMax = 10_000;
const api = '/api/2.0/mlflow';
/** Of the experiment that every server has. */
const experiment = '0';

/** The program `mlflow` that is named. It takes a gigabyte, so that nobody downloads it for a test: without it the test is no part of a run. */
export function requireMlflow(context: Skip): string {
  const named = process.env['WINNOW_TEST_MLFLOW'];
  return named ?? context.skip('no mlflow: name the program in WINNOW_TEST_MLFLOW (pip install mlflow)');
}

export async function startMlflow(program: string): Promise<MlflowServer> {
  await mkdir(runCache, { recursive: true });
  await removeOldLogs(runCache);
  const directory = await mkdtemp(join(runCache, 'run-'));
  const guardian = guard('sleep 1; rm -rf -- "$1"', directory);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logPath = `${directory}.log`;
  const server = await startProcess({
    command: program,
    args: [
      'server',
      '--host=127.0.0.1',
      `--port=${port}`,
      '--workers=1',
      `--backend-store-uri=sqlite:///${join(directory, 'mlflow.db')}`,
      `--artifacts-destination=${join(directory, 'artifacts')}`,
    ],
    logPath,
    env: { MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
  });
  const isReady = (): Promise<boolean> =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitUntilReady({
    server: 'MLflow',
    isReady,
    hasExited: () => server.hasExited(),
    timeoutMs: readyMsMax,
    logPath,
  });
  const call = async (path: string, body: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}${api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const models = new Set<string>();
  return {
    url,
    register: async (model, folder) => {
      if (!models.has(model)) await call('/registered-models/create', { name: model });
      models.add(model);
      const { run } = (await call('/runs/create', { experiment_id: experiment })) as {
        run: { info: { run_id: string } };
      };
      const { run_id: runId } = run.info;
      const place = `${experiment}/${runId}/artifacts/bundle`;
      for (const file of await readdir(folder)) {
        const address = `${url}/api/2.0/mlflow-artifacts/artifacts/${place}/${file}`;
        const put = await fetch(address, { method: 'PUT', body: await readFile(join(folder, file)) });
        if (!put.ok) throw new Error(`${file}: ${put.status} ${await put.text()}`);
      }
      const source = `mlflow-artifacts:/${place}`;
      const created = (await call('/model-versions/create', { name: model, source, run_id: runId })) as {
        model_version: { version: string };
      };
      return created.model_version.version;
    },
    setAlias: async (name, alias, version) => void (await call('/registered-models/alias', { name, alias, version })),
    stop: async () => {
      await server.stop(stopMsMax);
      await rm(directory, { recursive: true, force: true });
      guardian.release();
    },
  };
}
