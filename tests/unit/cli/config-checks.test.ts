import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { configChecks } from '../../../src/cli/config-checks.ts';
import { loadConfigOf } from '../../../src/cli/load-config.ts';

const here = import.meta.filename;
const tls = Object.fromEntries(
  ['KAFKA', 'VALKEY'].flatMap((part) => [
    [`WINNOW_${part}_TLS_ENABLED`, 'true'],
    ...['CA', 'CERTIFICATE', 'KEY'].map((name) => [`WINNOW_${part}_TLS_${name}_FILE`, here]),
  ]),
) as Record<string, string>;
const shared = { ...tls, WINNOW_STATE_STORE: 'valkey', WINNOW_VALKEY_NODES: 'localhost:6379' };

async function check(environment: Record<string, string>) {
  const config = loadConfigOf(undefined, environment, []);
  return (await Promise.all(configChecks.map((each) => each(config)))).flat();
}

async function fileWith(content: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'winnow-')), 'file');
  await writeFile(file, content);
  return file;
}

describe('configChecks', () => {
  it('find nothing wrong with what ships', async () => {
    expect(await check(shared)).toEqual([]);
    expect(await check({ WINNOW_STATE_SNAPSHOT_FILE: `${here}.snapshot` })).toEqual([]);
  });

  it.each([
    ['WINNOW_KAFKA_TLS_CA_FILE', 'kafka.tls.caFile'],
    ['WINNOW_KAFKA_TLS_CERTIFICATE_FILE', 'kafka.tls.certificateFile'],
    ['WINNOW_KAFKA_TLS_KEY_FILE', 'kafka.tls.keyFile'],
    ['WINNOW_VALKEY_TLS_CA_FILE', 'valkey.tls.caFile'],
    ['WINNOW_VALKEY_TLS_CERTIFICATE_FILE', 'valkey.tls.certificateFile'],
    ['WINNOW_VALKEY_TLS_KEY_FILE', 'valkey.tls.keyFile'],
  ])('find that the file of %s is absent', async (variable, path) => {
    const message = '/absent cannot be read (ENOENT).';
    expect(await check({ ...shared, [variable]: '/absent' })).toEqual([{ code: 'CONFIG_INVALID', path, message }]);
  });

  it.each([
    ['WINNOW_MODEL_DIRECTORY', '/absent', 'BUNDLE_UNREADABLE'],
    ['WINNOW_MODEL_DEPLOYMENT_FILE', '/absent', 'DEPLOYMENT_INVALID'],
    ['WINNOW_POLICY_FILE', '/absent', 'POLICY_UNREADABLE'],
    ['WINNOW_LISTS_FILE', '/absent', 'INPUT_UNREADABLE'],
  ])('find that what %s names is absent', async (variable, value, code) => {
    expect(await check({ [variable]: value })).toMatchObject([{ code }]);
  });

  it('find that the folder of the snapshot is absent', async () => {
    expect(await check({ WINNOW_STATE_SNAPSHOT_FILE: '/absent/history' })).toEqual([
      { code: 'CONFIG_INVALID', path: 'state.snapshotFile', message: '/absent cannot be written to (ENOENT).' },
    ]);
  });

  it('find faults of the policy, with line and column', async () => {
    const file = await fileWith('version: "1"\nthresholds: { challenge: 0.9, review: 0.8, block: 0.95 }\n');
    const [failure] = await check({ WINNOW_POLICY_FILE: file });
    expect(failure).toMatchObject({ code: 'POLICY_INVALID', path: file });
    expect(failure!.message).toMatch(/file:2:\d+/);
  });

  it('find that the champion does not exist', async () => {
    const champion = { name: 'absent', version: '1' };
    const file = await fileWith(
      JSON.stringify({ schema: 'winnow.deployment/1', champion, challengers: [], canary: null }),
    );
    expect(await check({ WINNOW_MODEL_DEPLOYMENT_FILE: file })).toMatchObject([{ code: 'BUNDLE_UNREADABLE' }]);
  });
});
