import { describe, expect, it } from 'vitest';

import { configChecks } from '../../../src/cli/config-checks.ts';
import { loadConfigOf } from '../../../src/cli/load-config.ts';

const here = import.meta.filename;
const files = {
  WINNOW_KAFKA_TLS_ENABLED: 'true',
  WINNOW_KAFKA_TLS_CA_FILE: here,
  WINNOW_KAFKA_TLS_CERTIFICATE_FILE: here,
  WINNOW_KAFKA_TLS_KEY_FILE: here,
  WINNOW_MODEL_DIRECTORY: import.meta.dirname,
  WINNOW_MODEL_DEPLOYMENT_FILE: here,
  WINNOW_POLICY_FILE: here,
};

async function check(environment: Record<string, string>) {
  const config = loadConfigOf(undefined, environment, []);
  return (await Promise.all(configChecks.map((each) => each(config)))).flat();
}

describe('configChecks', () => {
  it('find nothing when every file is there', async () => {
    expect(await check(files)).toEqual([]);
  });

  it.each([
    ['WINNOW_KAFKA_TLS_CA_FILE', 'kafka.tls.caFile', 'CONFIG_INVALID'],
    ['WINNOW_KAFKA_TLS_CERTIFICATE_FILE', 'kafka.tls.certificateFile', 'CONFIG_INVALID'],
    ['WINNOW_KAFKA_TLS_KEY_FILE', 'kafka.tls.keyFile', 'CONFIG_INVALID'],
    ['WINNOW_MODEL_DIRECTORY', 'model.directory', 'BUNDLE_UNREADABLE'],
    ['WINNOW_MODEL_DEPLOYMENT_FILE', 'model.deploymentFile', 'DEPLOYMENT_INVALID'],
    ['WINNOW_POLICY_FILE', 'policy.file', 'POLICY_UNREADABLE'],
  ])('find that the file of %s is absent', async (variable, path, code) => {
    expect(await check({ ...files, [variable]: '/absent' })).toEqual([
      { code, path, message: '/absent cannot be read (ENOENT).' },
    ]);
  });
});
