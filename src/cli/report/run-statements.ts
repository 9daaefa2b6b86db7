import { setTimeout as sleep } from 'node:timers/promises';
import { csvLine } from '../../adapters/file/csv.ts';
import { LineWriter } from '../../adapters/file/line-writer.ts';
import { TransparencyDatabase } from '../../adapters/transparency-database/client.ts';
import type { Config } from '../../config/schema.ts';
import { FailureError } from '../../domain/failure.ts';
import type { Period } from '../../reports/period.ts';
import { missingForStatements, type PlatformFacts } from '../../reports/platform-facts.ts';
import type { StatementFate } from '../../reports/statements/send-statements.ts';
import { statementArchive } from '../../reports/statements/statement-archive.ts';
import {
  buildBatches,
  planStatements,
  sendStatements,
  type IncompleteStatement,
  type PlannedStatements,
  type StatementArchive,
} from '../../reports/statements/statement-run.ts';
import { formatCount, formatMs } from '../style.ts';
import { readRegistered } from './account-table.ts';
import { reportConfig, withArchive, type ReportOptions } from './open-report.ts';
import { platformFacts, refuseWithout } from './platform-facts.ts';

export interface StatementOptions extends ReportOptions {
  readonly days?: Period;
  readonly registered?: string;
  readonly leftOut?: string;
  readonly out?: string;
  readonly dryRun?: boolean;
}

/** What came of a run. */
interface Run {
  readonly planned: PlannedStatements;
  readonly made: number;
  readonly refused: readonly StatementFate[];
  readonly incomplete: readonly IncompleteStatement[];
}

type Registered = ReadonlyMap<string, number>;

/** Sends, writes or counts the statements that are due, and tells. Throws `FailureError`. */
export async function runStatements(options: StatementOptions): Promise<void> {
  const config = reportConfig(options);
  const facts = platformFacts(config);
  const isSending = options.dryRun !== true && options.out === undefined;
  refuseWithout([...missingForStatements(facts), ...(isSending ? missingToSend(config) : [])]);
  const registered =
    options.registered === undefined ? new Map<string, number>() : await readRegistered(options.registered);
  const run = await withArchive(config, options, async (opened): Promise<Run> => {
    const archive = statementArchive(opened, Date.now);
    const planned = await planStatements(archive, options.days ?? { fromMs: 0, untilMs: Date.now() }, facts);
    return isSending
      ? send(archive, planned, facts, registered, config)
      : write(archive, planned, facts, registered, options);
  });
  if (options.leftOut !== undefined) await writeLeftOut(options.leftOut, run);
  process.stdout.write(describe(run, options));
  if (run.refused.length > 0)
    throw new FailureError({
      code: 'STATEMENTS_FAULTY',
      message: `${formatCount(run.refused.length)} of them, such as ${run.refused[0]!.puid}: ${run.refused[0]!.answer}`,
    });
}

function missingToSend({ reports: { dsa } }: Config) {
  return [
    ...(dsa.url === undefined ? [{ setting: 'reports.dsa.url', meaning: 'where the database of statements is' }] : []),
    ...(dsa.token === undefined ? [{ setting: 'reports.dsa.token', meaning: 'the token of the platform there' }] : []),
  ];
}

async function send(
  archive: StatementArchive,
  planned: PlannedStatements,
  facts: PlatformFacts,
  registered: Registered,
  { reports: { dsa } }: Config,
): Promise<Run> {
  const desk = new TransparencyDatabase({ url: dsa.url!, token: dsa.token!, timeoutMs: dsa.timeoutMs });
  const { sent, refused, incomplete } = await sendStatements(archive, planned, facts, registered, {
    desk,
    sleep: (waitMs) => sleep(waitMs),
    random: Math.random,
    onWait: (why, waitMs) => process.stderr.write(`${why}: waiting ${formatMs(waitMs)} ...\n`),
    onBatch: (count) => process.stderr.write(`${formatCount(count)} sent ...\n`),
  });
  return { planned, made: sent, refused, incomplete };
}

async function write(
  archive: StatementArchive,
  planned: PlannedStatements,
  facts: PlatformFacts,
  registered: Registered,
  { out }: StatementOptions,
): Promise<Run> {
  const incomplete: IncompleteStatement[] = [];
  const writer = out === undefined ? null : new LineWriter(out);
  let made = 0;
  for await (const batch of buildBatches(archive, planned, facts, registered, (one) => incomplete.push(one))) {
    made += batch.length;
    await writer?.write(...batch.map((statement) => JSON.stringify(statement)));
  }
  await writer?.close();
  return { planned, made, refused: [], incomplete };
}

async function writeLeftOut(path: string, { incomplete, refused }: Run): Promise<void> {
  const writer = new LineWriter(path);
  await writer.write(csvLine(['account_id', 'decision', 'why']));
  for (const { accountId, decision, unknown } of incomplete)
    await writer.write(csvLine([accountId, decision, unknown.join(' ')]));
  for (const { puid, answer } of refused) await writer.write(csvLine(['', puid, answer]));
  await writer.close();
}

function describe({ planned, made, refused, incomplete }: Run, { out, dryRun }: StatementOptions): string {
  const done = dryRun === true ? 'Would send' : out === undefined ? 'Sent' : 'Wrote';
  const lines: readonly (readonly [number, string])[] = [
    [planned.alreadySent, 'sent before'],
    [planned.refusedAtCreation, 'refused at creation: nobody was restricted, and no statement is due'],
    [planned.forgotten, 'of accounts that were forgotten before: none can be made'],
    [refused.length, 'refused by the database, for faults that it names'],
    [incomplete.length, 'not made, since facts about their accounts are not known: give them by --registered'],
  ];
  const told = lines.filter(([count]) => count > 0).map(([count, what]) => `  ${formatCount(count)} ${what}\n`);
  return `${done} ${formatCount(made)} statements of reasons.\n${told.join('')}`;
}
