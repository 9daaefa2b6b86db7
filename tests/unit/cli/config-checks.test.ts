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

  // All at once: each check proves the champion, which takes as long as all else here.
  it('find each file of TLS that is absent, and tell the setting', async () => {
    const settings = ['kafka', 'valkey'].flatMap((part) =>
      ['caFile', 'certificateFile', 'keyFile'].map((name) => `${part}.tls.${name}`),
    );
    const absent = Object.keys(tls).filter((name) => name.endsWith('_FILE'));
    expect(absent).toHaveLength(settings.length);
    const failures = await check({ ...shared, ...Object.fromEntries(absent.map((name) => [name, `/absent/${name}`])) });
    expect(failures).toEqual(
      settings.map((path, index) => ({
        code: 'CONFIG_INVALID',
        path,
        message: `/absent/${absent[index]} cannot be read (ENOENT).`,
      })),
    );
  });

  it('find that what is named for policy, lists and models is absent', async () => {
    const names = ['WINNOW_POLICY_FILE', 'WINNOW_LISTS_FILE', 'WINNOW_MODEL_DIRECTORY'];
    expect(await check(Object.fromEntries(names.map((name) => [name, '/absent'])))).toMatchObject([
      { code: 'POLICY_UNREADABLE' },
      { code: 'INPUT_UNREADABLE' },
      { code: 'BUNDLE_UNREADABLE' },
    ]);
  });

  it('find that the deployment is absent', async () => {
    expect(await check({ WINNOW_MODEL_DEPLOYMENT_FILE: '/absent' })).toMatchObject([{ code: 'DEPLOYMENT_INVALID' }]);
  });

  it('find that the folder of the snapshot is absent, and faults of the policy, with line and column', async () => {
    const file = await fileWith('version: "1"\nthresholds: { challenge: 0.9, review: 0.8, block: 0.95 }\n');
    const failures = await check({ WINNOW_STATE_SNAPSHOT_FILE: '/absent/history', WINNOW_POLICY_FILE: file });
    expect(failures).toMatchObject([
      { code: 'CONFIG_INVALID', path: 'state.snapshotFile', message: '/absent cannot be written to (ENOENT).' },
      { code: 'POLICY_INVALID', path: file, message: expect.stringMatching(/file:2:\d+/) as string },
    ]);
  });

  it('find that the champion does not exist', async () => {
    const champion = { name: 'absent', version: '1' };
    const file = await fileWith(
      JSON.stringify({ schema: 'winnow.deployment/1', champion, challengers: [], canary: null }),
    );
    expect(await check({ WINNOW_MODEL_DEPLOYMENT_FILE: file })).toMatchObject([{ code: 'BUNDLE_UNREADABLE' }]);
  });
});
