#!/usr/bin/env node
import { readFileSync } from 'node:fs';

import { Command } from 'commander';

import { describeExitCodes } from './exit-codes.ts';
import { reportError } from './report-error.ts';

/**
 * One file a command, by the command's name, in the order in which `--help` lists them. Each exports `register(program)`, and imports what it
 * works with inside its action: `--help` reads all of these files, and should not load a model runtime for it. Where the first word is a
 * command, only its file is read: every start of the processor, and of each of its workers, is one.
 */
const commands = {
  demo: () => import('./demo.ts'),
  run: () => import('./run.ts'),
  drain: () => import('./drain.ts'),
  replay: () => import('./replay.ts'),
  simulate: () => import('./simulate.ts'),
  features: () => import('./features.ts'),
  model: () => import('./model.ts'),
  calibrate: () => import('./calibrate.ts'),
  queue: () => import('./queue.ts'),
  compare: () => import('./compare.ts'),
  estimates: () => import('./estimates.ts'),
  archive: () => import('./archive.ts'),
  evidence: () => import('./evidence.ts'),
  train: () => import('./train.ts'),
  person: () => import('./person.ts'),
  governor: () => import('./governor.ts'),
  groups: () => import('./groups.ts'),
  'check-policy': () => import('./check-policy.ts'),
  list: () => import('./list.ts'),
  report: () => import('./report.ts'),
  import: () => import('./import.ts'),
  'drop-history': () => import('./drop-history.ts'),
  generate: () => import('./generate.ts'),
  'check-config': () => import('./check-config.ts'),
};
const asked = Object.entries(commands).filter(([name]) => name === process.argv[2]);
const files = asked.length > 0 ? asked : Object.entries(commands);

/** An error has been told and resources may still be open: leave at once. */
function fail(error: unknown): never {
  const { text, exitCode } = reportError(error);
  process.stderr.write(text);
  process.exit(exitCode);
}

process.on('uncaughtException', fail);
// Whoever reads us may stop reading (`winnow … | head`): no more to do, and no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  fail(error);
});

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const program = new Command('winnow')
  .description('Detects fake accounts in a stream of signups and activity: Kafka in, decisions out.')
  .version(version)
  .enablePositionalOptions() // --version after a command is that command's own, as of a bundle
  .showHelpAfterError('Try --help.')
  .addHelpText('after', `\n${describeExitCodes()}`)
  .exitOverride();
for (const { register } of await Promise.all(files.map(([, load]) => load()))) register(program);

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
