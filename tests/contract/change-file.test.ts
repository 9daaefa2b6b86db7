import { appendFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ChangeFile } from '../../src/adapters/file/change-file.ts';
import { temporaryFolder } from '../unit/adapters/file/folder.ts';
import { changeLogContract, Follower, type LogUnderTest, type Written } from './change-log-contract.ts';

const pathOf = temporaryFolder();
let files = 0;

function textOf(records: readonly Written[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

async function create(): Promise<LogUnderTest & { readonly path: string }> {
  files += 1;
  const path = pathOf(`changes-${files}.ndjson`);
  await writeFile(path, '');
  return {
    path,
    write: (records) => appendFile(path, textOf(records)),
    remake: async (records) => {
      await writeFile(`${path}.new`, textOf(records));
      await rename(`${path}.new`, path);
    },
    reader: () => new ChangeFile(path, 5),
    strayReader: () => new ChangeFile(`${path}.not-there`, 5),
  };
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 40_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`still not so: ${what}`);
    await sleep(5);
  }
}

changeLogContract(create, until);

it('refuses a file with a line that is none as a whole, names the line, and takes the next one', async () => {
  const log = await create();
  await log.write([{ key: 'a', value: { n: 1 } }]);
  const reader = log.reader();
  const follower = new Follower();
  await reader.open(follower);
  await writeFile(log.path, `${textOf([{ key: 'b', value: { n: 2 } }])}{"key": "c"}\n`);
  await until(() => follower.aways.length > 0, 'the file was refused');
  expect(Object.fromEntries(follower.state)).toEqual({ a: { n: 1 } });
  expect(follower.aways[0]).toMatchObject({ code: 'INPUT_UNREADABLE', path: `${log.path}:2` });
  await log.remake([{ key: 'b', value: { n: 3 } }]);
  await until(() => follower.backs === 1, 'it can be read again');
  expect(Object.fromEntries(follower.state)).toEqual({ b: { n: 3 } });
  await reader.close();
});
