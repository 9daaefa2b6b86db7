import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  bundlesOf,
  defaultPolicyFile,
  loadDeployment,
  loadNormsFile,
  loadPolicyFile,
  normsAt,
  proveAgainst,
} from '../app/versions.ts';
import type { Config, SettingPath } from '../config/schema.ts';
import { FailureError, type Failure } from '../domain/failure.ts';
import { listHasher, listsOfFile } from './list/lists-of-file.ts';

/** Looks at something that the configuration names; returns all that is wrong with it. */
export type ConfigCheck = (config: Config) => Promise<readonly Failure[]>;

/** What `winnow check-config --files` looks at beyond the settings themselves: all that `winnow run` loads at its start. */
export const configChecks: readonly ConfigCheck[] = [
  tlsFilesAreReadable,
  snapshotFolderIsWritable,
  policyIsSound,
  normsAreSound,
  listsAreReadable,
  panelIsSound,
];

async function tlsFilesAreReadable(config: Config): Promise<readonly Failure[]> {
  const names = ['caFile', 'certificateFile', 'keyFile'] as const;
  const checks = (['kafka', 'valkey'] as const).flatMap((part) =>
    names.map((name) => isAccessible(`${part}.tls.${name}`, config[part].tls[name], 'read')),
  );
  return (await Promise.all(checks)).flat();
}

/** The snapshot itself need not be there yet. */
async function snapshotFolderIsWritable({ state: { snapshotFile } }: Config): Promise<readonly Failure[]> {
  return isAccessible(
    'state.snapshotFile',
    snapshotFile === undefined ? undefined : dirname(snapshotFile),
    'written to',
  );
}

async function isAccessible(
  setting: SettingPath,
  path: string | undefined,
  how: 'read' | 'written to',
): Promise<readonly Failure[]> {
  if (path === undefined) return [];
  try {
    await access(path, how === 'read' ? constants.R_OK : constants.W_OK);
    return [];
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return [{ code: 'CONFIG_INVALID', path: setting, message: `${path} cannot be ${how} (${reason}).` }];
  }
}

async function policyIsSound({ policy }: Config): Promise<readonly Failure[]> {
  const loaded = await loadPolicyFile(policy.file ?? defaultPolicyFile);
  return loaded.ok ? [] : [loaded.failure];
}

async function normsAreSound({ norms: { file } }: Config): Promise<readonly Failure[]> {
  const loaded = file === undefined ? null : await loadNormsFile(file);
  return loaded?.ok === false ? [loaded.failure] : [];
}

/** A file that is not there stops the start; an entry in it that is none does not. */
async function listsAreReadable(config: Config): Promise<readonly Failure[]> {
  const { file } = config.lists;
  if (file === undefined || config.kafka.topics.lists !== undefined) return [];
  try {
    await listsOfFile(file, listHasher(config));
    return [];
  } catch (error) {
    if (error instanceof FailureError) return [error.failure];
    throw error;
  }
}

/** Proves all that the deployment names, as `winnow run` would. */
async function panelIsSound({ model, norms: { file } }: Config): Promise<readonly Failure[]> {
  const deployment = await loadDeployment(model.deploymentFile);
  if (!deployment.ok) return [deployment.failure];
  const failures: Failure[] = [];
  const norms = await normsAt(file);
  for (const { name, version } of bundlesOf(deployment.value)) {
    const proof = await proveAgainst({ folder: model.directory, name, version }, { limits: model.proof, norms });
    if (!proof.ok) failures.push(proof.failure);
  }
  return failures;
}
