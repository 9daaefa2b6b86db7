import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SqliteDatabase } from '../../src/adapters/sqlite/database.ts';
import { temporaryFolder } from '../unit/adapters/file/folder.ts';
import { codeOf, describeArchive } from './archive-contract.ts';

const pathOf = temporaryFolder();
let made = 0;
const last = (): string => pathOf(`archive-${made}.db`);

describeArchive(
  'SQLite',
  async () => {
    made += 1;
    return SqliteDatabase.open(last());
  },
  async () => SqliteDatabase.open(last()),
);

it('a file that is no archive is told as that, and not as one that is damaged and may be thrown away', async () => {
  const path = pathOf('events.ndjson');
  writeFileSync(path, '{"specversion":"1.0"}\n'.repeat(100));
  const open = async (): Promise<unknown> => SqliteDatabase.open(path);
  await expect(codeOf(open())).resolves.toBe('ARCHIVE_FOREIGN');
});
