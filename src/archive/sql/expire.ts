import { isHeld } from '../../domain/legal-hold.ts';
import type { SqlSession } from '../../sql-database.ts';
import { holdWords } from './erase.ts';

/**
 * What is dated before a time goes; what a hold keeps stays, and so does the hold: all holds have to be read before. Returns how many
 * records went. Accounts of which nothing is left go too, and with them their keys.
 */
export async function expire(session: SqlSession, beforeMs: number, nowMs: number): Promise<number> {
  if (beforeMs === -Infinity) return 0;
  const kept = await heldAccounts(session, nowMs);
  // Numbers of our own making.
  const others = kept.length === 0 ? '' : ` AND (account IS NULL OR account NOT IN (${kept.join(', ')}))`;
  let gone = 0;
  for (const table of ['decision', 'word', 'export'])
    gone += await session.run(`DELETE FROM ${table} WHERE time_ms < $1${others}`, [beforeMs]);
  gone += await session.run('DELETE FROM change WHERE time_ms < $1', [beforeMs]);
  if (gone > 0)
    await session.run(
      `DELETE FROM account WHERE NOT EXISTS (SELECT 1 FROM decision WHERE decision.account = account.account)
         AND NOT EXISTS (SELECT 1 FROM word WHERE word.account = account.account)`,
    );
  return gone;
}

async function heldAccounts(session: SqlSession, nowMs: number): Promise<readonly number[]> {
  const rows = await session.rows(
    `SELECT DISTINCT account FROM word WHERE type = 'account.hold_placed' AND account IS NOT NULL`,
  );
  const held: number[] = [];
  for (const { account } of rows)
    if (isHeld(await holdWords(session, account as number), nowMs)) held.push(account as number);
  return held;
}
