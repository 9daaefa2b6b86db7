import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { PostgresDatabase } from '../../../src/adapters/postgres/database.ts';
import { Keyring } from '../../../src/archive/keyring.ts';
import { SqlArchive } from '../../../src/archive/sql/archive.ts';
import { codeOf, describeArchive, secret, settings } from '../../contract/archive-contract.ts';
import { decisionIdOf, decisionRecord, request, startMs, Topics } from '../../contract/archive-records.ts';
import { requirePostgres, type PostgresServer } from '../../servers/postgres.ts';

let server: PostgresServer | undefined;
let made = 0;
const places = () => {
  const { host, port, user, password } = server!;
  return { host, port, user, password };
};
const last = (): Promise<PostgresDatabase> => PostgresDatabase.open({ ...places(), database: `archive_${made}` });

async function anew(): Promise<PostgresDatabase> {
  made += 1;
  const maintenance = await PostgresDatabase.open({ ...places(), database: 'postgres' });
  await maintenance.rows(`CREATE DATABASE archive_${made}`);
  await maintenance.close();
  return last();
}

beforeEach(async ({ skip }) => {
  server ??= await requirePostgres({ skip });
});
afterAll(() => server?.stop());

describeArchive('PostgreSQL', anew, last);

describe('a PostgreSQL', () => {
  it('that is away is told as something that passes, and what was taken outlives its death', async () => {
    const archive = await SqlArchive.open(await anew(), settings);
    const topics = new Topics();
    const items = topics.items([decisionRecord({ account: 'acc_1', atMs: startMs })]);
    await archive.write({ items, positions: topics.positions(), nowMs: startMs });
    await server!.crash();
    // Connections of before the crash are found out to be gone one by one.
    const codes = new Set<string | undefined>();
    for (let tries = 0; tries < 8; tries += 1) codes.add(await codeOf(archive.offsets()));
    expect([...codes].filter((code) => code !== undefined && code !== 'ARCHIVE_UNAVAILABLE')).toEqual([]);
    expect(await archive.offsets()).toEqual(new Map([['decisions 0', 1]]));
    await archive.close();
  });

  it('refuses a wrong password as what a person has to mend', async () => {
    const open = PostgresDatabase.open({ ...places(), password: 'wrong', database: 'postgres' });
    expect(await codeOf(open)).toBe('ARCHIVE_UNAVAILABLE');
    expect(await codeOf(PostgresDatabase.open({ ...places(), port: 1, database: 'postgres' }))).toBe(
      'ARCHIVE_UNAVAILABLE',
    );
  });

  it('that only reads, as after a failover, is told as something that passes', async () => {
    const database = await anew();
    await (await SqlArchive.open(database, settings)).restart('decisions', 0);
    await database.rows(`ALTER DATABASE archive_${made} SET default_transaction_read_only = on`);
    await database.close();
    const standby = await last();
    expect(await codeOf(SqlArchive.open(standby, settings))).toBe('ARCHIVE_UNAVAILABLE');
    await standby.close();
  });

  it('keeps no key of who was forgotten in its tables', async () => {
    const database = await anew();
    const archive = await SqlArchive.open(database, settings);
    const topics = new Topics();
    const items = topics.items([decisionRecord({ account: 'acc_1', atMs: startMs }), request('acc_1', startMs + 1)]);
    await archive.write({ items: items.slice(0, 1), positions: topics.positions(), nowMs: startMs + 2 });
    const pseudonym = Buffer.from(new Keyring(secret).pseudonymOf('acc_1'));
    const [row] = await database.rows('SELECT wrapped FROM account');
    const traces = [pseudonym, Buffer.from(row!['wrapped'] as Uint8Array)];
    await checkpoint(database);
    expect(await foundIn(traces, database)).toBe(true);
    await archive.write({
      items: items.slice(1).map((item) => ({ ...item, origin: null })),
      positions: [],
      nowMs: startMs + 2,
    });
    await archive.sweep(startMs + 2, true);
    await checkpoint(database);
    expect(await foundIn(traces, database)).toBe(false);
    expect(await archive.bodies([decisionIdOf({ account: 'acc_1', atMs: startMs })])).toEqual(new Map());
    await archive.close();
  });
});

async function checkpoint(database: PostgresDatabase): Promise<void> {
  await database.rows('CHECKPOINT');
}

/** Whether the files of the database have one of these bytes. */
async function foundIn(traces: readonly Buffer[], database: PostgresDatabase): Promise<boolean> {
  const [row] = await database.rows('SELECT oid FROM pg_database WHERE datname = current_database()');
  const folder = join(server!.folder, 'data', 'base', String(row!['oid']));
  for (const name of await readdir(folder)) {
    // The server writes and removes files of its own meanwhile.
    const bytes = await readFile(join(folder, name)).catch(ofMissing);
    if (traces.some((trace) => bytes.includes(trace))) return true;
  }
  return false;
}

function ofMissing(error: NodeJS.ErrnoException): Buffer {
  if (error.code === 'ENOENT') return Buffer.alloc(0);
  throw error;
}
