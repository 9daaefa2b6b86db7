import { SqliteDatabase } from '../../src/adapters/sqlite/database.ts';
import { temporaryFolder } from '../unit/adapters/file/folder.ts';
import { describeArchive } from './archive-contract.ts';

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
