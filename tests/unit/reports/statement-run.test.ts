import { describe, expect, it, onTestFinished } from 'vitest';
import { TransparencyDatabase } from '../../../src/adapters/transparency-database/client.ts';
import {
  buildBatches,
  planStatements,
  sendStatements,
  type IncompleteStatement,
  type StatementArchive,
} from '../../../src/reports/statements/statement-run.ts';
import type { Statement } from '../../../src/reports/statements/statement.ts';
import { startTransparencyDatabase, type Mishap } from '../../servers/transparency-database.ts';
import { halfYear } from './half-year.ts';
import { dayMs, decisionRow, factsOf, startMs } from './rows.ts';
import { archiveOf, databaseOf, inHaste } from './statement-archive.ts';
import { faultsOf } from './statement-schema.ts';

const range = { fromMs: startMs, untilMs: startMs + 181 * dayMs };
const nobody = new Map<string, number>();

async function built(archive: StatementArchive, registeredMs = nobody) {
  const statements: Statement[] = [];
  const sizes: number[] = [];
  const incomplete: IncompleteStatement[] = [];
  const planned = await planStatements(archive, range, factsOf());
  for await (const batch of buildBatches(archive, planned, factsOf(), registeredMs, (one) => incomplete.push(one))) {
    sizes.push(batch.length);
    statements.push(...batch);
  }
  return { planned, statements, sizes, incomplete };
}

describe('statements that are due', () => {
  it('are one for each restriction of the range, in batches of a hundred at most, all valid', async () => {
    const { decisions, words, truth } = halfYear(2_000, range.fromMs, range.untilMs, 11);
    const { planned, statements, sizes } = await built(archiveOf(decisions, words).archive);
    expect(statements).toHaveLength(truth.get('measure')!);
    expect(new Set(statements.map(({ puid }) => puid)).size).toBe(statements.length);
    expect(sizes.slice(0, -1).every((size) => size === 100)).toBe(true);
    expect(statements.flatMap(faultsOf)).toEqual([]);
    expect(planned.refusedAtCreation).toBe(truth.get('refused'));
  });

  it('are not made up where something is not known: they are told, and come once the platform has said it', async () => {
    const tried = decisionRow({ account: 1, exists: null, eventType: 'account.signup', createdMs: null });
    const old = decisionRow({ account: 2, createdMs: null });
    const { archive } = archiveOf([tried, old]);
    const first = await built(archive);
    expect(first.statements).toEqual([]);
    expect(first.incomplete).toEqual([
      { decision: old.id, accountId: 'acc_2', unknown: ['registration-day'] },
      { decision: tried.id, accountId: 'acc_1', unknown: ['existence'] },
    ]);
    const told = new Map([
      ['acc_1', startMs],
      ['acc_2', startMs - 400 * dayMs],
    ]);
    const second = await built(archive, told);
    expect(second.incomplete).toEqual([]);
    expect(second.statements.map(({ content_date }) => content_date)).toEqual(['2024-11-27', '2026-01-01']);
  });

  it('are none for whom was forgotten before', async () => {
    const { planned, statements } = await built(archiveOf([decisionRow({ account: null })]).archive);
    expect([planned.forgotten, statements.length]).toEqual([1, 0]);
  });

  it('are none twice, also from another range', async () => {
    const { archive } = archiveOf([decisionRow()]);
    const [statement] = (await built(archive)).statements;
    await archive.keep([{ puid: statement!.puid, state: 'sent', answer: '{}' }]);
    const again = await built(archive);
    expect([again.planned.alreadySent, again.statements.length]).toEqual([1, 0]);
  });
});

const send = async (archive: StatementArchive, desk: TransparencyDatabase) =>
  sendStatements(archive, await planStatements(archive, range, factsOf()), factsOf(), nobody, { desk, ...inHaste });

describe('sending statements', () => {
  it('keeps what the database says is wrong with one, and sends the others', async () => {
    const rows = Array.from({ length: 250 }, (_, account) => decisionRow({ account }));
    const { archive, fates } = archiveOf(rows);
    const { server, desk } = await databaseOf({ faulty: new Set([rows[120]!.id]) });
    const { sent, refused } = await send(archive, desk);
    expect([sent, server.taken.size]).toEqual([249, 249]);
    expect(refused).toEqual([
      { puid: rows[120]!.id, state: 'refused', answer: '{"content_date":["The content date is invalid."]}' },
    ]);
    expect(fates).toHaveLength(250);
  });

  it('keeps which decisions lack a fact, and sends the others', async () => {
    const [whole, lacking] = [decisionRow({ account: 1 }), decisionRow({ account: 2, createdMs: null })];
    const { archive, fates } = archiveOf([whole, lacking]);
    const { server, desk } = await databaseOf();
    await send(archive, desk);
    expect([...server.taken.keys()]).toEqual([whole.id]);
    expect(fates.map(({ puid, state, answer }) => [puid, state, answer])).toEqual([
      [whole.id, 'sent', `{"uuid":"uuid-${whole.id}"}`],
      [lacking.id, 'unknown-facts', '["registration-day"]'],
    ]);
  });

  it('asks for what it does not know to be taken, and waits while it is on its way', async () => {
    const rows = [decisionRow({ account: 1 }), decisionRow({ account: 2 })];
    const { archive, sent } = archiveOf(rows);
    const mishaps: Mishap[] = ['slow'];
    const { server, desk } = await databaseOf({ mishap: () => mishaps.shift() ?? 'none', lockMs: 300 }, 100);
    await send(archive, desk);
    expect([...server.taken.values()]).toEqual([1, 1]);
    expect(sent.size).toBe(2);
    expect(server.requests.some((request) => request.startsWith('GET'))).toBe(true);
  });

  it('ends at a wrong token with nothing sent', async () => {
    const { archive, sent } = archiveOf([decisionRow()]);
    const server = await startTransparencyDatabase({ token: 'another' });
    onTestFinished(() => server.close());
    const desk = new TransparencyDatabase({ url: server.url, token: { reveal: () => 'a-token' }, timeoutMs: 60_000 });
    await expect(send(archive, desk)).rejects.toMatchObject({ failure: { code: 'STATEMENTS_REFUSED' } });
    expect([sent.size, server.taken.size]).toEqual([0, 0]);
  });
});
