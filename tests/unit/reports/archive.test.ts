import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openArchive } from '../../../src/app/archive/open.ts';
import type { Archive } from '../../../src/archive/archive.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { noEstimates } from '../../../src/reports/figure.ts';
import { parseQuarter } from '../../../src/reports/period.ts';
import { quarterReport } from '../../../src/reports/quarter/quarter.ts';
import { statementArchive } from '../../../src/reports/statements/statement-archive.ts';
import { planStatements } from '../../../src/reports/statements/statement-run.ts';
import {
  dayMs,
  decisionIdOf,
  decisionRecord,
  hourMs,
  label,
  request,
  startMs,
  Topics,
  type Written,
} from '../../contract/archive-records.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { factsOf } from './rows.ts';

/** Reports over a real archive: what a topic brings, and what is left of whom it forgets. */

const pathOf = temporaryFolder();
const quarter = parseQuarter('2026-Q1')!;
const always = { fromMs: 0, untilMs: Date.UTC(2030, 0) };
let archive: Archive;
let topics: Topics;
let made = 0;

beforeEach(async () => {
  const config = loadConfig({ environment: {}, readSecretFile: () => '' });
  if (!config.ok) throw new Error('the defaults are valid');
  archive = await openArchive(config.value, pathOf(`${++made}.db`));
  topics = new Topics();
});
afterEach(() => archive.close());

async function take(...records: readonly Written[]): Promise<void> {
  await archive.write({ items: topics.items(records), positions: topics.positions(), nowMs: startMs + 30 * dayMs });
}

async function figures(): Promise<Readonly<Record<string, number | null>>> {
  const report = await quarterReport(archive, quarter, always.untilMs, ['block'], async () => noEstimates('None.'));
  return Object.fromEntries(report.figures.map(({ name, value }) => [name, value]));
}

const lifted = (account: string, atMs: number): Written =>
  decisionRecord({ account, atMs, action: 'allow', data: { cause: { kind: 'label', event_id: 'e', by: 'appeal' } } });

describe('reports of an archive', () => {
  it('read what topics brought, in whatever batches', async () => {
    await take(
      decisionRecord({ account: 'acc_1', atMs: startMs }),
      decisionRecord({ account: 'acc_2', atMs: startMs + hourMs }),
    );
    await take(label('acc_1', startMs + dayMs), lifted('acc_1', startMs + dayMs + 5));
    const tried = { exists: false, reported: false };
    await take(decisionRecord({ account: 'acc_3', atMs: startMs + 2 * dayMs, data: { account: tried } }));
    expect(await figures()).toMatchObject({
      actioned: 2,
      refusedAtCreation: 1,
      proactiveRate: 1,
      appealed: 1,
      restoredAfterAppeal: 1,
      restoredWithoutAppeal: 0,
    });
  });

  it('make statements of the words that a decision has for the public', async () => {
    await take(decisionRecord({ account: 'acc_1', atMs: startMs }));
    const sending = statementArchive(archive, () => startMs);
    const { due } = await planStatements(sending, always, factsOf());
    expect(due.map(({ decision }) => decision)).toEqual([decisionIdOf({ account: 'acc_1', atMs: startMs })]);
    const [words] = (await sending.wordsOf([due[0]!.decision])).values();
    expect(words).toEqual({
      accountId: 'acc_1',
      publicTexts: ['Several accounts were created from the same device'],
      model: 'starter 2026.11.1',
      policy: '7',
    });
    await sending.keep([{ puid: due[0]!.decision, state: 'sent', answer: '{}' }]);
    expect(await planStatements(sending, always, factsOf())).toMatchObject({ due: [], alreadySent: 1 });
  });

  it('still count whom the archive forgot, and make no statement of them', async () => {
    await take(
      decisionRecord({ account: 'acc_1', atMs: startMs }),
      decisionRecord({ account: 'acc_2', atMs: startMs }),
    );
    const before = await figures();
    await take(request('acc_1', startMs + dayMs));
    expect(await figures()).toEqual(before);
    expect(before['actioned']).toBe(2);
    const planned = await planStatements(
      statementArchive(archive, () => startMs),
      always,
      factsOf(),
    );
    expect([planned.forgotten, planned.due.length]).toEqual([1, 1]);
  });
});
