import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareWithLast, formatComparison } from '../last-results.ts';
import { measureAppeals } from './appeals.ts';
import { measureBacklog } from './backlog.ts';
import { describe, interruptible } from './command.ts';
import { describeBroker, describeEnvironment } from './environment.ts';
import { measureLatency } from './latency.ts';
import { parseOptions, usage, UsageError, type LoadOptions } from './options.ts';
import { backlogFigures, formatReport, missingOf, type LoadReport, type Measured } from './report.ts';
import { Session } from './session.ts';
import { withDeadline } from './time.ts';

/**
 * `npm run load`. Exits with 0 when every event came out, with 1 when one did not or the run failed, with 2 when the command
 * line was wrong. Figures are not judged here: they depend on the machine.
 */

const resultsFolder = fileURLToPath(new URL('../results/', import.meta.url));

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(usage);
  else await main(options);
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? `${error.message} Try --help.` : describe(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
// Whatever a client still holds open has been closed as far as it can be.
process.exit();

async function main(options: LoadOptions): Promise<void> {
  const environment = await describeEnvironment();
  const session = await Session.open((sentence) => process.stderr.write(`${sentence}\n`));
  let report: LoadReport | undefined;
  try {
    const measured = withDeadline('The run', runMsMax(options), measure(options, session));
    report = {
      environment: { ...environment, broker: describeBroker(session.origin) },
      ...(await interruptible(measured)),
    };
  } finally {
    await session.close({ keepLogs: report === undefined || missingOf(report) > 0 });
  }
  const text = `${JSON.stringify(report, null, 2)}\n`;
  const path = options.out ?? `${resultsFolder}${environment.date.replaceAll(':', '-')}-${options.kind}.json`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  process.stdout.write(options.json ? text : `\n${formatReport(report)}${await formatLast(report)}`);
  process.stderr.write(`Written to ${path}.\n`);
  process.exitCode = missingOf(report) === 0 ? 0 : 1;
}

/** Of a backlog: whether it became slower than it was on this machine. */
async function formatLast(report: LoadReport): Promise<string> {
  if (report.kind !== 'backlog') return '';
  const { events, partitions, seed, rounds } = report.options;
  const question = ['load --backlog', events, partitions, seed, rounds].join(' ');
  return `${formatComparison(await compareWithLast(question, backlogFigures(report.result)))}\n`;
}

async function measure(options: LoadOptions, session: Session): Promise<Measured> {
  switch (options.kind) {
    case 'latency':
      return { kind: options.kind, options, result: await measureLatency(options, session) };
    case 'backlog':
      return { kind: options.kind, options, result: await measureBacklog(options, session) };
    default:
      return { kind: options.kind, options, result: await measureAppeals(options, session) };
  }
}

/** A last bound; waits have their own, and say more. */
function runMsMax(options: LoadOptions): number {
  const { rounds } = options;
  if (options.kind === 'appeals') return 600_000 + (2_000 * options.appeals) / options.rate;
  if (options.kind === 'backlog') return (3 * rounds + 1) * (180_000 + options.events);
  const { warmUpSeconds, seconds, settleSeconds } = options;
  return 180_000 + 2_000 * (warmUpSeconds + seconds + rounds * settleSeconds + (rounds + 1) * 30);
}
