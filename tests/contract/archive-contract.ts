import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SqliteDatabase } from '../../src/adapters/sqlite/database.ts';
import type { Archive } from '../../src/archive/archive.ts';
import { Keyring } from '../../src/archive/keyring.ts';
import { SqlArchive, type ArchiveSettings } from '../../src/archive/sql/archive.ts';
import { FailureError } from '../../src/domain/failure.ts';
import type { SqlDatabase, SqlValue } from '../../src/sql-database.ts';
import { exampleDecision } from '../../src/wire/examples.ts';
import { temporaryFolder } from '../unit/adapters/file/folder.ts';
import { reportsOf, storyOfHalfYear } from './archive-reports.ts';
import {
  all,
  dayMs,
  decisionIdOf,
  decisionRecord,
  hold,
  hourMs,
  itemOf,
  label,
  lift,
  listRecord,
  request,
  rowsOf,
  startMs,
  Topics,
  type Written,
} from './archive-records.ts';

export const secret = Buffer.alloc(32, 7);
export const settings: ArchiveSettings = {
  secret,
  retentionMs: Infinity,
  graceMs: 7 * dayMs,
  rememberMs: 30 * dayMs,
  entryOf: (accountId) => `hash-of-${accountId}`,
};
/** The number of an account; null where it is not known, or forgotten. */
async function numberOf(archive: Archive, accountId: string): Promise<number | null> {
  return (await archive.accountNumbers([accountId])).get(accountId) ?? null;
}

const always = { fromMs: -Infinity, untilMs: Infinity };
const position = (topic: string, partition: number) => ({ topic, partition, next: 7 });
const tables = [
  'source',
  'progress',
  'account',
  'trait',
  'decision',
  'word',
  'change',
  'document',
  'statement',
  'export',
  'erasure',
  'memory',
];

/** What every database has to do for the archive. */
export function describeArchive(
  name: string,
  openDatabase: () => Promise<SqlDatabase>,
  /** Opens what `openDatabase` made last, once more. */
  reopen: () => Promise<SqlDatabase>,
): void {
  const pathOf = temporaryFolder();
  const anew = async (changed: Partial<ArchiveSettings> = {}): Promise<Archive> =>
    SqlArchive.open(await openDatabase(), { ...settings, ...changed });
  /** By a process that has read nothing yet. */
  const openedAnew = async <T>(work: (other: Archive) => Promise<T>): Promise<T> => {
    const other = await SqlArchive.open(await reopen(), settings);
    try {
      return await work(other);
    } finally {
      await other.close();
    }
  };

  describe(`an archive in ${name}`, () => {
    let database: SqlDatabase;
    let archive: Archive;
    let topics: Topics;

    beforeEach(async () => {
      database = await openDatabase();
      archive = await SqlArchive.open(database, settings);
      topics = new Topics();
    });
    afterEach(() => archive.close());

    const take = async (nowMs: number, ...written: readonly Written[]) => {
      const items = topics.items(written);
      return archive.write({ items, positions: topics.positions(), nowMs });
    };
    const change = (sql: string, values?: readonly SqlValue[]): Promise<number> =>
      database.transaction((session) => session.run(sql, values));
    const everything = async (): Promise<string> => {
      const rows = await Promise.all(tables.map((table) => database.rows(`SELECT * FROM ${table}`)));
      return rows
        .flat()
        .flatMap((row) => Object.values(row))
        .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)))
        .join('\n');
    };

    it('makes the same reports as an archive in another database', async () => {
      const written = storyOfHalfYear();
      const reference = await SqlArchive.open(SqliteDatabase.open(pathOf(`reference-of-${name}.db`)), settings);
      try {
        for (const each of [archive, reference]) {
          const other = new Topics();
          const items = other.items(written);
          await each.write({ items, positions: other.positions(), nowMs: startMs + 120 * dayMs });
        }
        const told = await reportsOf(archive);
        expect(told).toEqual(await reportsOf(reference));
        expect(told.figures).toMatchObject({ actioned: 100, appealed: 10, restoredAfterAppeal: 10 });
        expect(told.figures['prevalence']).toBeCloseTo(1 / 3, 2);
        expect(told.due).toHaveLength(99);
      } finally {
        await reference.close();
      }
    });

    it('gives back what a report counts, in the order of time', async () => {
      await take(
        startMs,
        decisionRecord({ account: 'acc_1', atMs: startMs + hourMs, action: 'review' }),
        decisionRecord({ account: 'acc_1', atMs: startMs, data: { mode: 'shadow' } }),
        decisionRecord({
          account: 'acc_2',
          atMs: startMs + 2 * hourMs,
          data: { cause: { kind: 'label', event_id: 'e', by: 'appeal' } },
        }),
      );
      const found = await rowsOf(archive.decisions({ fromMs: startMs, untilMs: startMs + 2 * hourMs }));
      expect(found.map(({ mode, action }) => [mode, action])).toEqual([
        ['shadow', 'block'],
        ['enforce', 'review'],
      ]);
      expect(found[1]).toEqual({
        id: decisionIdOf({ account: 'acc_1', atMs: startMs + hourMs }),
        account: await numberOf(archive, 'acc_1'),
        timeMs: startMs + hourMs,
        mode: 'enforce',
        action: 'review',
        due: 'block',
        cause: 'event',
        saidBy: null,
        eventType: 'account.signup',
        exists: true,
        createdMs: Date.parse('2026-11-24T04:36:51.123Z'),
        reported: false,
        score: 0.9731,
        role: 'champion',
        model: 'starter 2026.11.1',
        policy: '7',
        norms: '2026-11-24',
        rules: ['bulk-signup-from-device@3'],
        matched: ['likes-in-step@2', 'names-from-a-template@1'],
        restrainedBy: ['governor:rule:bulk-signup-from-device:KZ'],
        degraded: ['store'],
        supersedes: 'dec_0a4d8e2b6c1f4a7e95d3b8c7f6a1e204',
        sample: { kind: 'audit', probability: 0.05 },
        cohort: exampleDecision.data.cohort!,
      });
      const [second] = await rowsOf(archive.decisions({ fromMs: startMs + 2 * hourMs, untilMs: Infinity }));
      expect(second).toMatchObject({ cause: 'label', saidBy: 'appeal' });
    });

    it('reads more than a page, each once', async () => {
      const count = 5_003;
      const records = Array.from({ length: count }, (_, index) =>
        decisionRecord({ account: `acc_${index % 50}`, atMs: startMs + Math.floor(index / 7), tag: String(index) }),
      );
      await take(startMs, ...records);
      const found = await rowsOf(archive.decisions(always));
      expect(new Set(found.map(({ id }) => id)).size).toBe(count);
      expect(found.map(({ timeMs }) => timeMs)).toEqual(found.map(({ timeMs }) => timeMs).toSorted((a, b) => a - b));
    });

    it('takes what comes again once, whatever comes with it', async () => {
      const first = decisionRecord({ account: 'acc_1', atMs: startMs });
      const again = decisionRecord({ account: 'acc_1', atMs: startMs, action: 'allow' });
      await take(startMs, first, label('acc_1', startMs));
      expect(await take(startMs, again, label('acc_1', startMs))).toMatchObject({
        decisions: 0,
        words: 0,
        repeated: 2,
      });
      expect((await rowsOf(archive.decisions(always))).map(({ action }) => action)).toEqual(['block']);
    });

    it('keeps how far it is with what it took, and takes nothing from before', async () => {
      const items = topics.items([decisionRecord({ account: 'acc_1', atMs: startMs })]);
      await archive.write({ items, positions: [{ topic: 'decisions', partition: 0, next: 5 }], nowMs: startMs });
      expect(await archive.offsets()).toEqual(new Map([['decisions 0', 5]]));
      const late = topics.items([decisionRecord({ account: 'acc_2', atMs: startMs })]);
      await archive.write({ items: late, positions: [{ topic: 'decisions', partition: 0, next: 2 }], nowMs: startMs });
      expect(await numberOf(archive, 'acc_2')).toBeNull();
      expect(await archive.offsets()).toEqual(new Map([['decisions 0', 5]]));
    });

    it('takes all of a batch or nothing of it', async () => {
      const [good, bad] = topics.items([label('acc_1', startMs), label('acc_2', startMs)]);
      const broken = { ...bad!, facts: { ...bad!.facts, type: null } } as unknown as typeof good;
      await expect(
        archive.write({ items: [good!, broken!], positions: topics.positions(), nowMs: startMs }),
      ).rejects.toThrow(/null/i);
      expect(await archive.offsets()).toEqual(new Map());
      expect(await numberOf(archive, 'acc_1')).toBeNull();
    });

    it('tells all of one account, whole, and nothing of another', async () => {
      await take(
        startMs,
        decisionRecord({ account: 'acc_1', atMs: startMs + 1 }),
        label('acc_1', startMs + 2),
        decisionRecord({ account: 'acc_2', atMs: startMs }),
      );
      await archive.recordExport({
        id: 'exp_1',
        accountId: 'acc_1',
        timeMs: startMs + 3,
        author: 'anna',
        reason: 'asked for',
        fromMs: startMs,
        untilMs: startMs + 3,
        lines: 2,
        sha256: '00',
      });
      const records = await all(archive.accountRecords('acc_1', always));
      expect(records.map(({ kind, timeMs }) => [kind, timeMs - startMs])).toEqual([
        ['decision', 1],
        ['word', 2],
        ['export', 3],
      ]);
      expect(JSON.parse(records[0]!.body)).toMatchObject({ subject: 'acc_1', data: { reasons: [{ value: 27 }] } });
      expect(await all(archive.accountRecords('acc_3', always))).toEqual([]);
      const id = decisionIdOf({ account: 'acc_2', atMs: startMs });
      expect([...(await archive.bodies([id, 'dec_unknown'])).keys()]).toEqual([id]);
    });

    it('keeps no word about an account in the clear', async () => {
      await take(startMs, decisionRecord({ account: 'acc_secret', atMs: startMs }), label('acc_secret', startMs));
      const text = await everything();
      for (const clear of ['acc_secret', '27 accounts', 'evt_', 'spoke for']) expect(text).not.toContain(clear);
    });

    it('keeps documents by their hash, and statements by their decision', async () => {
      const document = { kind: 'policy', sha256: 'ab', bytes: Buffer.from('rules: []') } as const;
      await archive.keepDocument(document);
      await archive.keepDocument(document);
      expect(Buffer.from((await archive.document('policy', 'ab'))!.bytes).toString()).toBe('rules: []');
      expect(await archive.document('norms', 'ab')).toBeNull();
      const sent = { decision: 'dec_1', timeMs: startMs, state: 'unknown-facts', answer: '[]' } as const;
      await archive.recordStatements([sent]);
      await archive.recordStatements([{ ...sent, state: 'sent' }]);
      expect(await all(archive.statements(always))).toEqual([{ ...sent, state: 'sent' }]);
    });

    it('keeps reports as they were told first, each of its cut-off', async () => {
      const told = { period: '2026-Q1', cutOffMs: startMs + dayMs, body: '{"actioned":2}' };
      await archive.recordReport(told);
      await archive.recordReport({ ...told, body: '{"actioned":1}' });
      await archive.recordReport({ ...told, cutOffMs: startMs, body: '{}' });
      await archive.recordReport({ ...told, period: '2026-Q2' });
      expect(await archive.reports('2026-Q1')).toEqual([{ ...told, cutOffMs: startMs, body: '{}' }, told]);
    });

    it('forgets an account: what reports count of a day is left, and nothing that leads back', async () => {
      await take(
        startMs,
        decisionRecord({ account: 'acc_1', atMs: startMs }),
        label('acc_1', startMs + 1),
        listRecord('account', 'hash-of-acc_1', startMs),
        listRecord('account', 'hash-of-acc_2', startMs),
        decisionRecord({ account: 'acc_2', atMs: startMs }),
      );
      const before = await everything();
      const pseudonym = Buffer.from(new Keyring(secret).pseudonymOf('acc_1')).toString('hex');
      expect(before).toContain(pseudonym);
      expect(await take(startMs + hourMs + 1, request('acc_1', startMs + hourMs))).toMatchObject({ erased: 1 });
      const after = await everything();
      const [wrapped] = await database.rows('SELECT COUNT(*) AS count FROM account');
      expect(wrapped!['count']).toBe(1);
      for (const trace of [pseudonym, decisionIdOf({ account: 'acc_1', atMs: startMs }), 'hash-of-acc_1'])
        expect(after).not.toContain(trace);
      expect(after).toContain('hash-of-acc_2');
      expect(await numberOf(archive, 'acc_1')).toBeNull();
      expect(await all(archive.accountRecords('acc_1', always))).toEqual([]);
      const gone = (await rowsOf(archive.decisions(always))).filter(({ account }) => account === null);
      expect(gone).toMatchObject([
        {
          timeMs: Date.parse('2026-03-02'),
          action: 'block',
          createdMs: null,
          score: null,
          supersedes: null,
          cohort: null,
        },
      ]);
      expect(await archive.unconfirmed()).toEqual([]); // not before it is overwritten on disk
      await archive.sweep(startMs + hourMs, false);
      expect(await archive.unconfirmed()).toMatchObject([
        { requestedMs: startMs + hourMs, dueMs: startMs + hourMs + 1, decisions: 1, words: 2, exports: 0, entries: 1 },
      ]);
      await archive.confirmed((await archive.unconfirmed()).map(({ id }) => id));
      expect(await archive.unconfirmed()).toEqual([]);
      expect(await all(archive.erasures(always))).toHaveLength(1);
    });

    it('forgets what still comes of one who was forgotten, once, and keeps what comes of a new beginning', async () => {
      await take(startMs + 1, request('acc_1', startMs));
      const late = decisionRecord({ account: 'acc_1', atMs: startMs + dayMs });
      await take(startMs + dayMs, late, late, listRecord('account', 'hash-of-acc_1', startMs + dayMs));
      await take(startMs + 9 * dayMs, decisionRecord({ account: 'acc_1', atMs: startMs + 8 * dayMs }));
      expect((await rowsOf(archive.decisions(always))).map(({ account }) => account === null)).toEqual([true, false]);
      expect(await everything()).not.toContain('hash-of-acc_1');
    });

    it('seals what came after all that is forgotten anew, where the request is read late', async () => {
      await take(startMs, decisionRecord({ account: 'acc_1', atMs: startMs }));
      await take(startMs, decisionRecord({ account: 'acc_1', atMs: startMs + 30 * dayMs }));
      const former = await numberOf(archive, 'acc_1');
      await take(startMs + 31 * dayMs, request('acc_1', startMs + hourMs));
      expect(await numberOf(archive, 'acc_1')).not.toBe(former);
      const left = await all(archive.accountRecords('acc_1', always));
      expect(left.map(({ timeMs }) => timeMs)).toEqual([startMs + 30 * dayMs]);
    });

    it('keeps what a hold keeps until it ends, and then forgets by itself', async () => {
      await take(
        startMs,
        decisionRecord({ account: 'acc_1', atMs: startMs }),
        hold('acc_1', startMs, 'A', startMs + 10 * dayMs),
        hold('acc_1', startMs + hourMs, 'B'),
        request('acc_1', startMs + 2 * hourMs),
      );
      await archive.sweep(startMs + 11 * dayMs, true);
      expect(await numberOf(archive, 'acc_1')).not.toBeNull();
      await take(startMs + 12 * dayMs, lift('acc_1', startMs + 5 * dayMs, 'B'));
      await archive.sweep(startMs + 12 * dayMs, true);
      expect(await numberOf(archive, 'acc_1')).toBeNull();
      expect(await archive.unconfirmed()).toMatchObject([{ dueMs: startMs + 10 * dayMs + 1, decisions: 1 }]);
    });

    it('keeps what a second hold keeps that was placed in time, however late all of it is read', async () => {
      const nowMs = startMs + 90 * dayMs;
      await take(nowMs, hold('acc_1', startMs, 'A', startMs + 3 * hourMs), request('acc_1', startMs + hourMs));
      await archive.sweep(nowMs, false); // more is to come
      await take(nowMs, hold('acc_1', startMs + 2 * hourMs, 'B'));
      await archive.sweep(nowMs, true);
      expect(await numberOf(archive, 'acc_1')).not.toBeNull();
    });

    it('takes what is said in the moment of a request, or of the end of a hold, for said in time, in any order', async () => {
      const asked = request('acc_1', startMs);
      await take(startMs, { ...asked, timestampMs: startMs }, hold('acc_1', startMs, 'A', startMs + dayMs));
      await archive.sweep(startMs + dayMs, true);
      await take(startMs + dayMs, hold('acc_1', startMs + dayMs, 'B'));
      await archive.sweep(startMs + 2 * dayMs, true);
      expect(await numberOf(archive, 'acc_1')).not.toBeNull();
      await take(startMs + 3 * dayMs, lift('acc_1', startMs + 3 * dayMs, 'B'));
      expect(await archive.sweep(startMs + 3 * dayMs, true)).toMatchObject({ erased: 0 });
      expect(await archive.sweep(startMs + 3 * dayMs + 1, true)).toMatchObject({ erased: 1 });
      expect(await numberOf(archive, 'acc_1')).toBeNull();
      expect(await archive.verify()).toMatchObject({ accounts: 0, words: 4 });
    });

    it('forgets by itself when the time of a hold is over, also after a restart', async () => {
      await take(startMs, hold('acc_1', startMs, 'A', startMs + dayMs), request('acc_1', startMs + 1));
      expect(await archive.sweep(startMs + dayMs, true)).toMatchObject({ erased: 0 });
      await archive.close();
      database = await reopen();
      archive = await SqlArchive.open(database, settings);
      expect(await archive.sweep(startMs + dayMs + 1, true)).toMatchObject({ erased: 1 });
      expect(await numberOf(archive, 'acc_1')).toBeNull();
    });

    it('lets go what is older than its retention, and not what a hold keeps', async () => {
      const other = await anew({ retentionMs: 10 * dayMs });
      try {
        const items = topics.items([
          decisionRecord({ account: 'acc_1', atMs: startMs }),
          decisionRecord({ account: 'acc_1', atMs: startMs + 5 * dayMs }),
          decisionRecord({ account: 'acc_2', atMs: startMs }),
          hold('acc_2', startMs, 'A'),
          decisionRecord({ account: 'acc_3', atMs: startMs }),
          listRecord('device', 'ab', startMs),
        ]);
        await other.write({ items, positions: topics.positions(), nowMs: startMs });
        expect(await other.sweep(startMs + 12 * dayMs, true)).toMatchObject({ expired: 3 });
        expect(await rowsOf(other.decisions(always))).toHaveLength(2);
        expect(await numberOf(other, 'acc_3')).toBeNull();
        expect(await numberOf(other, 'acc_2')).not.toBeNull();
      } finally {
        await other.close();
      }
    });

    it('lets nothing go by its retention before a hold that was placed in time can have come', async () => {
      const other = await anew({ retentionMs: 10 * dayMs });
      try {
        const nowMs = startMs + 12 * dayMs;
        const write = (...written: readonly Written[]) =>
          other.write({ items: topics.items(written), positions: topics.positions(), nowMs });
        await write(decisionRecord({ account: 'acc_1', atMs: startMs }));
        expect(await other.sweep(nowMs, false)).toMatchObject({ expired: 0 }); // more is to come
        await write(hold('acc_1', startMs + hourMs, 'A'));
        expect(await other.sweep(nowMs, true)).toMatchObject({ expired: 0 });
        expect(await rowsOf(other.decisions(always))).toHaveLength(1);
      } finally {
        await other.close();
      }
    });

    it('looks at its retention once an hour, and has what is erased overwritten each time', async () => {
      const kept = await openDatabase();
      const other = await SqlArchive.open(kept, { ...settings, retentionMs: 10 * dayMs });
      try {
        const nowMs = startMs + 12 * dayMs;
        const scrub = vi.spyOn(kept, 'scrub');
        const write = (...written: readonly Written[]) =>
          other.write({ items: topics.items(written), positions: topics.positions(), nowMs });
        await write(decisionRecord({ account: 'acc_1', atMs: startMs }));
        expect(await other.sweep(nowMs, true)).toMatchObject({ expired: 1 });
        expect(scrub).toHaveBeenCalledTimes(1);
        await write(decisionRecord({ account: 'acc_2', atMs: startMs }));
        expect(await other.sweep(nowMs + hourMs - 1, true)).toMatchObject({ expired: 0 });
        expect(scrub).toHaveBeenCalledTimes(1);
        await write(request('acc_3', nowMs));
        await other.sweep(nowMs + hourMs - 1, true);
        expect(scrub).toHaveBeenCalledTimes(2);
        expect(await other.unconfirmed()).toHaveLength(1);
        expect(await other.sweep(nowMs + hourMs, true)).toMatchObject({ expired: 1 });
        expect(scrub).toHaveBeenCalledTimes(3);
      } finally {
        await other.close();
      }
    });

    it('begins all partitions anew of a topic that is another one than was read, and of none else', async () => {
      const positions = [position('decisions', 0), position('decisions', 1), position('decisions-shadow', 0)];
      await archive.write({ items: [], positions, nowMs: startMs });
      // What an archive holds that was made before ids were kept.
      expect(await archive.nameSource('decisions', 'first')).toBe(false);
      expect((await archive.offsets()).size).toBe(3);
      await openedAnew(async (other) => {
        expect(await other.nameSource('decisions', 'first')).toBe(false);
        expect(await other.nameSource('decisions', 'second')).toBe(true);
        expect(await other.offsets()).toEqual(new Map([['decisions-shadow 0', 7]]));
        await other.write({ items: [], positions: [{ ...position('decisions', 0), next: 2 }], nowMs: startMs });
      });
      expect(await archive.nameSource('decisions', 'second')).toBe(false);
      expect((await archive.offsets()).get('decisions 0')).toBe(2);
    });

    it('takes what was made before ids of topics were kept, with all that it holds', async () => {
      await take(startMs, decisionRecord({ account: 'acc_1', atMs: startMs }));
      await change('DROP TABLE source');
      await openedAnew(async (other) => {
        expect(await other.nameSource('decisions', 'first')).toBe(false);
        expect(await numberOf(other, 'acc_1')).not.toBeNull();
        expect((await other.offsets()).size).toBe(1);
      });
    });

    it('keeps a change of a topic that was made anew beside the one that had its place before', async () => {
      const write = (atMs: number) =>
        archive.write({ items: [itemOf(listRecord('ip', 'ab', atMs), 0)], positions: [], nowMs: atMs });
      await write(startMs);
      await archive.restart('lists', 0);
      expect(await write(startMs + dayMs)).toMatchObject({ changes: 1, repeated: 0 });
      expect(await write(startMs + dayMs)).toMatchObject({ changes: 0, repeated: 1 });
      expect((await all(archive.changes(always))).map(({ timeMs }) => timeMs)).toEqual([startMs, startMs + dayMs]);
    });

    it('has the same content in whatever batches, order of topics and secret it came', async () => {
      const people = [
        decisionRecord({ account: 'acc_1', atMs: startMs }),
        decisionRecord({ account: 'acc_2', atMs: startMs }),
        decisionRecord({ account: 'acc_1', atMs: startMs + dayMs, data: { mode: 'shadow' } }),
      ];
      const said = [label('acc_1', startMs), request('acc_1', startMs + dayMs), hold('acc_2', startMs, 'A')];
      for (const written of [...people, ...said, listRecord('ip', 'ab', startMs)])
        await take(startMs + 2 * dayMs, written);
      const other = await anew({ secret: Buffer.alloc(32, 9) });
      try {
        const elsewhere = new Topics();
        const items = elsewhere.items([listRecord('ip', 'ab', startMs), ...said, ...people]);
        await other.write({ items, positions: elsewhere.positions(), nowMs: startMs + 90 * dayMs });
        expect((await other.verify()).sha256).toBe((await archive.verify()).sha256);
        expect(await other.verify()).toMatchObject({ decisions: 3, words: 3, changes: 1, accounts: 1, erasures: 1 });
        const more = elsewhere.items([decisionRecord({ account: 'acc_9', atMs: startMs })]);
        await other.write({ items: more, positions: elsewhere.positions(), nowMs: startMs });
        expect((await other.verify()).sha256).not.toBe((await archive.verify()).sha256);
      } finally {
        await other.close();
      }
    });

    it('finds what was altered, in a column and in what is sealed', async () => {
      await take(startMs, decisionRecord({ account: 'acc_1', atMs: startMs }));
      await archive.verify();
      await change('UPDATE decision SET score = 0.5');
      await expect(codeOf(archive.verify())).resolves.toBe('ARCHIVE_DAMAGED');
      await change('UPDATE decision SET score = 0.9731');
      await archive.verify();
      await change(`UPDATE trait SET text = REPLACE(text, 'block', 'allow')`);
      await expect(openedAnew((other) => codeOf(other.verify()))).resolves.toBe('ARCHIVE_DAMAGED');
      await change('DELETE FROM trait');
      await expect(openedAnew((other) => codeOf(other.verify()))).resolves.toBe('ARCHIVE_DAMAGED');
      await expect(openedAnew((other) => codeOf(rowsOf(other.decisions(always))))).resolves.toBe('ARCHIVE_DAMAGED');
      await change(`UPDATE decision SET body = $1`, [Buffer.alloc(80)]);
      await expect(codeOf(archive.verify())).resolves.toBe('ARCHIVE_DAMAGED');
      await expect(codeOf(archive.bodies([decisionIdOf({ account: 'acc_1', atMs: startMs })]))).resolves.toBe(
        'ARCHIVE_DAMAGED',
      );
    });

    it('refuses what was made under another secret, and by another version', async () => {
      await expect(codeOf(SqlArchive.open(database, { ...settings, secret: Buffer.alloc(32, 8) }))).resolves.toBe(
        'ARCHIVE_FOREIGN',
      );
      await database.transaction((session) => session.run('UPDATE layout SET version = 99'));
      await expect(codeOf(SqlArchive.open(database, settings))).resolves.toBe('ARCHIVE_FOREIGN');
    });
  });
}

/** The code that a call fails with; undefined where it does not. What is no expected failure is thrown. */
export async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error === undefined) return undefined;
  if (error instanceof FailureError) return error.failure.code;
  throw error;
}
