import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';

const pathOf = temporaryFolder();
const secrets = { former: 'b1946ac92492d2347c6235b4d2611184', next: '0f4e1c7d9a2b68355e71c0d84af3962b' };

/** In the place of the program: says how it was called, a line of JSON each time. */
const recorder = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('WINNOW_')));
appendFileSync('calls', JSON.stringify({ words: process.argv.slice(2), environment }) + '\\n');
`;

interface Call {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What the commands of a README do in a folder of their own: which command is called with which history. */
function rotation(store: 'embedded' | 'valkey', settings: string) {
  const folder = pathOf(store);
  mkdirSync(folder);
  for (const [name, content] of [
    ['winnow', recorder],
    ['openssl', `#!/bin/sh\necho ${secrets.next}\n`],
  ] as const)
    writeFileSync(`${folder}/${name}`, content, { mode: 0o755 });
  writeFileSync(`${folder}/former-secret`, secrets.former);
  writeFileSync(`${folder}/winnow.yaml`, settings.replaceAll('/winnow/', `${folder}/`));
  const readme = readFileSync(new URL(`../../../src/adapters/${store}/README.md`, import.meta.url), 'utf8');
  const commands = /### Another key secret\n.*?```sh\n(.*?)```/s.exec(readme)![1]!;
  const { status, stderr } = spawnSync('/bin/sh', ['-e', '-c', commands.replaceAll('/winnow/', `${folder}/`)], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: `${folder}:/usr/bin:/bin` },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const calls = readFileSync(`${folder}/calls`, 'utf8').trim().split('\n');
  return calls.map((line) => {
    const { words, environment } = JSON.parse(line) as Call;
    const name = words[words.indexOf('--config') + 1]!;
    const loaded = loadConfig({
      file: { name, text: readFileSync(`${folder}/${name}`, 'utf8') },
      environment,
      readSecretFile: (path) => readFileSync(`${folder}/${path}`, 'utf8').trim(),
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
    const { state, valkey } = loaded.value;
    const { snapshotFile } = state;
    return {
      command: words[0],
      secret: state.keySecret?.reveal(),
      place: store === 'valkey' ? valkey.keyPrefix : snapshotFile?.replace(folder, ''),
      hasRoom: store === 'valkey' || existsSync(dirname(snapshotFile!)),
    };
  });
}

it.each([
  ['embedded', 'state: { snapshotFile: /winnow/history }\n', '/history', '/next/history'],
  // No prefix is written out.
  ['valkey', '{ state: { store: valkey }, valkey: { nodes: [host:6379] } }\n', 'winnow:', 'winnow-2:'],
] as const)('the commands by which a secret is changed do what they say: %s', (store, settings, former, next) => {
  const { next: secret } = secrets;
  const built = ['list', 'import', 'import', 'run'].map((command) => ({ command, secret, place: next, hasRoom: true }));
  expect(rotation(store, settings)).toEqual([
    ...built,
    { command: 'drop-history', secret: secrets.former, place: former, hasRoom: true },
  ]);
});
