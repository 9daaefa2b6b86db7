import { access, constants } from 'node:fs/promises';

import { defaultPolicyFile, loadChampion, loadPolicyFile } from '../app/versions.ts';
import type { Config, SettingPath } from '../config/schema.ts';
import type { Failure } from '../domain/failure.ts';

/** Looks at something that the configuration names; answers all that is wrong with it. */
export type ConfigCheck = (config: Config) => Promise<readonly Failure[]>;

/** What `winnow check-config --files` looks at beyond the settings themselves: all that `winnow run` loads at its start. */
export const configChecks: readonly ConfigCheck[] = [tlsFilesAreReadable, policyIsSound, championIsSound];

async function tlsFilesAreReadable({ kafka: { tls } }: Config): Promise<readonly Failure[]> {
  const files: readonly (readonly [SettingPath, string | undefined])[] = [
    ['kafka.tls.caFile', tls.caFile],
    ['kafka.tls.certificateFile', tls.certificateFile],
    ['kafka.tls.keyFile', tls.keyFile],
  ];
  const failures = await Promise.all(
    files.map(async ([setting, file]): Promise<readonly Failure[]> => {
      if (file === undefined) return [];
      try {
        await access(file, constants.R_OK);
        return [];
      } catch (error) {
        const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
        return [{ code: 'CONFIG_INVALID', path: setting, message: `${file} cannot be read (${reason}).` }];
      }
    }),
  );
  return failures.flat();
}

async function policyIsSound({ policy }: Config): Promise<readonly Failure[]> {
  const loaded = await loadPolicyFile(policy.file ?? defaultPolicyFile);
  return loaded.ok ? [] : [loaded.failure];
}

/** Loads the champion as `winnow run` would, its golden rows run, and frees it. */
async function championIsSound({ model }: Config): Promise<readonly Failure[]> {
  const loaded = await loadChampion(model.directory, model.deploymentFile);
  if (!loaded.ok) return [loaded.failure];
  await loaded.value.retire();
  return [];
}
