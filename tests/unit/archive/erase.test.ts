import { expect, it, vi } from 'vitest';
import { SqliteDatabase } from '../../../src/adapters/sqlite/database.ts';
import { SqlArchive } from '../../../src/archive/sql/archive.ts';
import { secret } from '../../contract/archive-contract.ts';
import { itemOf, request, startMs } from '../../contract/archive-records.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';

const pathOf = temporaryFolder();
let asked = 0;

/** When an erasure is due, gone wrong: in the very moment of its request, which therefore stays. */
vi.mock('../../../src/domain/legal-hold.ts', async (original) => ({
  ...(await original<object>()),
  erasureDueMs: (words: readonly { readonly timeMs: number }[]) => {
    if (++asked > 20) throw new Error('it goes on without end');
    return words[0]?.timeMs ?? null;
  },
}));

it('an erasure that leaves its request behind is a fault that is told, and not begun again without end', async () => {
  const database = SqliteDatabase.open(pathOf('archive.db'));
  const settings = { secret, retentionMs: Infinity, graceMs: 0, rememberMs: 1_000 };
  const archive = await SqlArchive.open(database, settings);
  const items = [itemOf(request('acc_a', startMs), 0)];
  await expect(archive.write({ items, positions: [], nowMs: startMs + 1 })).rejects.toThrow(
    'an erasure is due after what asked for it',
  );
  await archive.close();
});
