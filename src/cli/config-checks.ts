import { access, constants } from 'node:fs/promises';

import type { Config, SettingPath } from '../config/schema.ts';
import type { Failure, FailureCode } from '../domain/failure.ts';

/** Looks at something that the configuration names; answers all that is wrong with it. */
export type ConfigCheck = (config: Config) => Promise<readonly Failure[]>;

/** What `winnow check-config --files` looks at beyond the settings themselves. */
export const configChecks: readonly ConfigCheck[] = [namedFilesAreReadable];

async function namedFilesAreReadable({ kafka, model, policy }: Config): Promise<readonly Failure[]> {
  const files: readonly (readonly [SettingPath, string | undefined, FailureCode])[] = [
    ['kafka.tls.caFile', kafka.tls.caFile, 'CONFIG_INVALID'],
    ['kafka.tls.certificateFile', kafka.tls.certificateFile, 'CONFIG_INVALID'],
    ['kafka.tls.keyFile', kafka.tls.keyFile, 'CONFIG_INVALID'],
    ['model.directory', model.directory, 'BUNDLE_UNREADABLE'],
    ['model.deploymentFile', model.deploymentFile, 'DEPLOYMENT_INVALID'],
    ['policy.file', policy.file, 'POLICY_UNREADABLE'],
  ];
  const failures = await Promise.all(
    files.map(async ([setting, file, code]): Promise<readonly Failure[]> => {
      if (file === undefined) return [];
      try {
        await access(file, constants.R_OK);
        return [];
      } catch (error) {
        const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
        return [{ code, path: setting, message: `${file} cannot be read (${reason}).` }];
      }
    }),
  );
  return failures.flat();
}
