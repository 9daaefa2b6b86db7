import { hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PostgresDatabase } from '../../src/adapters/postgres/database.ts';
import { SqliteDatabase } from '../../src/adapters/sqlite/database.ts';
import { readRecord } from '../../src/archive/read-record.ts';
import { SqlArchive } from '../../src/archive/sql/archive.ts';
import type { SqlDatabase } from '../../src/sql-database.ts';
import { exampleDecision } from '../../src/wire/examples.ts';
import { startPostgres } from '../../tests/servers/postgres.ts';
import { formatNumber } from '../table.ts';

/**
 * Writes a million decisions as Kafka would bring them, from their bytes to a transaction that the disk has, and reads what reports
 * count of them. `npm run bench:archive`
 */

const { values: flags } = parseArgs({
  options: {
    decisions: { type: 'string', default: '1000000' },
    // Ten decisions an account, as where changes of what stands are written.
    accounts: { type: 'string', default: '100000' },
    only: { type: 'string' },
  },
});
const decisions = Number(flags.decisions);
const accounts = Number(flags.accounts);
const batchRecords = 1_000;
const partitions = 4;
const quarterMs = 90 * 86_400_000;
const startMs = Date.parse('2026-07-01T00:00:00Z');
const settings = { secret: Buffer.alloc(32, 7), retentionMs: Infinity, graceMs: 0, rememberMs: 0 };

interface Measured {
  readonly database: string;
  readonly perSecond: number;
  /** Of this process: what a core would do with nothing else to do is its reciprocal. */
  readonly cpuUs: number;
  readonly readSeconds: number;
  readonly readCpuSeconds: number;
  readonly bytesEach: number;
}

const rows: Measured[] = [];
if (flags.only !== 'postgres') rows.push(await ofSqlite());
if (flags.only !== 'sqlite') rows.push(await ofPostgres());
process.stdout.write(`${formatNumber(decisions)} decisions of ${formatNumber(accounts)} accounts over a quarter\n\n`);
process.stdout.write(
  '| database | decisions written a second | CPU us a decision | the quarter read, s | of it CPU | bytes on disk a decision |\n|---|---|---|---|---|---|\n',
);
for (const { database, perSecond, cpuUs, readSeconds, readCpuSeconds, bytesEach } of rows)
  process.stdout.write(
    `| ${database} | ${formatNumber(perSecond)} | ${formatNumber(cpuUs)} | ${readSeconds.toFixed(1)} | ${readCpuSeconds.toFixed(1)} | ${formatNumber(bytesEach)} |\n`,
  );

async function ofSqlite(): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'winnow-archive-'));
  try {
    const database = SqliteDatabase.open(join(folder, 'archive.db'));
    return await measure('SQLite', database, async () => {
      const [row] = await database.rows(
        'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
      );
      return row!['bytes'] as number;
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function ofPostgres(): Promise<Measured> {
  const server = await startPostgres({ isDurable: true });
  try {
    const database = await PostgresDatabase.open({ ...server, database: 'postgres' });
    return await measure('PostgreSQL', database, async () => {
      const [row] = await database.rows('SELECT pg_database_size(current_database()) AS bytes');
      return row!['bytes'] as number;
    });
  } finally {
    await server.stop();
  }
}

async function measure(name: string, database: SqlDatabase, bytes: () => Promise<number>): Promise<Measured> {
  const archive = await SqlArchive.open(database, settings);
  let [spentMs, cpuUs] = [0, 0];
  for (let from = 0; from < decisions; from += batchRecords) {
    const partition = (from / batchRecords) % partitions;
    const values = Array.from({ length: batchRecords }, (_, index) => valueOf(from + index));
    const beganMs = performance.now();
    const began = process.cpuUsage();
    const items = values.map((value, index) => {
      const record = { offset: from + index, key: null, value, headers: [], timestampMs: NaN };
      const read = readRecord('decisions', record, { topic: 'account-decisions', partition });
      if (!read.ok) throw new Error(read.failure.message);
      return read.value;
    });
    const positions = [{ topic: 'account-decisions', partition, next: from + batchRecords }];
    await archive.write({ items, positions, nowMs: startMs + quarterMs });
    const spent = process.cpuUsage(began);
    cpuUs += spent.user + spent.system;
    spentMs += performance.now() - beganMs;
  }
  const beganMs = performance.now();
  const began = process.cpuUsage();
  const counted = new Map<string, number>();
  for await (const { action } of archive.decisions({ fromMs: startMs, untilMs: startMs + quarterMs }))
    counted.set(action, (counted.get(action) ?? 0) + 1);
  const readSeconds = (performance.now() - beganMs) / 1_000;
  const spent = process.cpuUsage(began);
  const read = [...counted.values()].reduce((sum, count) => sum + count, 0);
  if (read !== decisions) throw new Error(`${read} decisions were read of ${decisions}`);
  const bytesEach = (await bytes()) / decisions;
  await archive.close();
  return {
    database: name,
    perSecond: (decisions / spentMs) * 1_000,
    cpuUs: cpuUs / decisions,
    readSeconds,
    readCpuSeconds: (spent.user + spent.system) / 1e6,
    bytesEach,
  };
}

/** A decision as it travels; accounts come in no order. */
function valueOf(index: number): Uint8Array {
  const { trigger, ...data } = exampleDecision.data;
  const timeMs = startMs + Math.floor((index / decisions) * quarterMs);
  const decision = {
    ...exampleDecision,
    id: `dec_${hash('md5', String(index))}`,
    subject: `acc_${(index * 7_919) % accounts}`,
    time: new Date(timeMs).toISOString(),
    data: { ...data, trigger: { ...trigger!, event_id: `evt_${index}` }, action: index % 3 === 0 ? 'block' : 'review' },
  };
  return Buffer.from(JSON.stringify(decision));
}
