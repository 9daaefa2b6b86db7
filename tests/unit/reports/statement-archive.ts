import { onTestFinished } from 'vitest';
import { TransparencyDatabase } from '../../../src/adapters/transparency-database/client.ts';
import type { DecisionRow, WordRow } from '../../../src/reports/record.ts';
import type { StatementFate } from '../../../src/reports/statements/send-statements.ts';
import type { StatementArchive } from '../../../src/reports/statements/statement-run.ts';
import { startTransparencyDatabase, type FakeDatabaseOptions } from '../../servers/transparency-database.ts';
import { recordOf } from './rows.ts';

/** An archive in memory; `kill` is asked around each change, and ends the run by throwing. */
export function archiveOf(
  decisions: readonly DecisionRow[],
  words: readonly WordRow[] = [],
  kill: () => void = () => undefined,
) {
  const sent = new Set<string>();
  const fates: StatementFate[] = [];
  const known = new Map(decisions.map((row) => [row.id, row]));
  const archive: StatementArchive = {
    ...recordOf(decisions, words),
    sent: async () => new Set(sent),
    wordsOf: async (ids) =>
      new Map(
        ids.flatMap((id) => {
          const account = known.get(id)?.account;
          const said = { publicTexts: ['The form was filled in very fast'], model: 'starter 1', policy: '7' };
          return account === undefined || account === null ? [] : [[id, { ...said, accountId: `acc_${account}` }]];
        }),
      ),
    keep: async (kept) => {
      kill();
      for (const { puid, state } of kept) if (state === 'sent') sent.add(puid);
      fates.push(...kept);
      kill();
    },
  };
  return { archive, sent, fates };
}

/** The database, as its source behaves, and a client of it. */
export async function databaseOf(options: Partial<FakeDatabaseOptions> = {}, timeoutMs = 10_000) {
  const server = await startTransparencyDatabase({ token: 'a-token', ...options });
  onTestFinished(() => server.close());
  return { server, desk: new TransparencyDatabase({ url: server.url, token: { reveal: () => 'a-token' }, timeoutMs }) };
}

/** A thousandth of the waits, so that what is locked for a while is let go. */
export const inHaste = {
  sleep: (waitMs: number) => new Promise<void>((resolve) => setTimeout(resolve, waitMs / 1000)),
  random: () => 0,
};
