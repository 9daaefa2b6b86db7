import { hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PostgresDatabase } from '../../src/adapters/postgres/database.ts';
import { SqliteDatabase } from '../../src/adapters/sqlite/database.ts';
import type { Archive } from '../../src/archive/archive.ts';
import { readRecord } from '../../src/archive/read-record.ts';
import { SqlArchive } from '../../src/archive/sql/archive.ts';
import { ArchiveEstimates } from '../../src/reports/estimates-of-archive.ts';
import { parseQuarter } from '../../src/reports/period.ts';
import { quarterReport, type QuarterReport } from '../../src/reports/quarter/quarter.ts';
import type { SqlDatabase } from '../../src/sql-database.ts';
import { exampleDecision } from '../../src/wire/examples.ts';
import { startPostgres } from '../../tests/servers/postgres.ts';
import { formatNumber } from '../table.ts';

/**
 * Writes a million decisions as Kafka would bring them, from their bytes to a transaction that the disk has, and reports the quarter
 * as `winnow report quarter` does. `npm run bench:archive`
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
const rulesInPlay = 40;
const quarter = parseQuarter('2026-Q3')!;
const { fromMs: startMs } = quarter;
const quarterMs = quarter.untilMs - startMs;
/** As the policy has them that ships. */
const sampleTerms = { periodMs: 28 * 86_400_000, blockFrom: 0.97 };
const blocked = new Set(
  Array.from({ length: decisions }, (_, index) => index)
    .filter(isBlock)
    .map(accountOf),
).size;
const settings = { secret: Buffer.alloc(32, 7), retentionMs: Infinity, graceMs: 0, rememberMs: 0 };

interface Measured {
  readonly database: string;
  readonly perSecond: number;
  /** Of this process: what a core would do with nothing else to do is its reciprocal. */
  readonly cpuUs: number;
  readonly reportSeconds: number;
  readonly reportCpuSeconds: number;
  readonly bytesEach: number;
}

const rows: Measured[] = [];
if (flags.only !== 'postgres') rows.push(await ofSqlite());
if (flags.only !== 'sqlite') rows.push(await ofPostgres());
process.stdout.write(`${formatNumber(decisions)} decisions of ${formatNumber(accounts)} accounts over a quarter\n\n`);
process.stdout.write(
  '| database | decisions written a second | CPU us a decision | the quarter reported, s | of it CPU here, s | bytes on disk a decision |\n|---|---|---|---|---|---|\n',
);
for (const { database, perSecond, cpuUs, reportSeconds, reportCpuSeconds, bytesEach } of rows)
  process.stdout.write(
    `| ${database} | ${formatNumber(perSecond)} | ${formatNumber(cpuUs)} | ${reportSeconds.toFixed(1)} | ${reportCpuSeconds.toFixed(1)} | ${formatNumber(bytesEach)} |\n`,
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
  const report = await reportOf(archive);
  const reportSeconds = (performance.now() - beganMs) / 1_000;
  const spent = process.cpuUsage(began);
  const actioned = report.figures.find(({ name: figure }) => figure === 'actioned')?.value;
  if (actioned !== blocked) throw new Error(`${actioned} accounts were actioned, and not ${blocked}`);
  const bytesEach = (await bytes()) / decisions;
  await archive.close();
  return {
    database: name,
    perSecond: (decisions / spentMs) * 1_000,
    cpuUs: cpuUs / decisions,
    reportSeconds,
    reportCpuSeconds: (spent.user + spent.system) / 1e6,
    bytesEach,
  };
}

function reportOf(archive: Archive): Promise<QuarterReport> {
  const estimates = new ArchiveEstimates(quarter, quarter.untilMs, ['block'], sampleTerms);
  return quarterReport(estimates.tap(archive), quarter, quarter.untilMs, ['block'], () => estimates.finish(archive));
}

/** A decision as it travels; accounts come in no order, a third are blocked, and each goes by one of some dozen rules. */
function valueOf(index: number): Uint8Array {
  const { trigger, ...data } = exampleDecision.data;
  const rules = [{ id: `rule-${index % rulesInPlay}`, version: 1 }];
  const timeMs = startMs + Math.floor((index / decisions) * quarterMs);
  const decision = {
    ...exampleDecision,
    id: `dec_${hash('md5', String(index))}`,
    subject: `acc_${accountOf(index)}`,
    time: new Date(timeMs).toISOString(),
    data: {
      ...data,
      trigger: { ...trigger!, event_id: `evt_${index}` },
      rules,
      score: (index % 10_000) / 10_000,
      action: isBlock(index) ? 'block' : 'review',
    },
  };
  return Buffer.from(JSON.stringify(decision));
}

function accountOf(index: number): number {
  return (index * 7_919) % accounts;
}

function isBlock(index: number): boolean {
  return index % 3 === 0;
}
