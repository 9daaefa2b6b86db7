#!/usr/bin/env node
import { readFileSync } from 'node:fs';

import { Command } from 'commander';

import { describeExitCodes } from './exit-codes.ts';
import { reportError } from './report-error.ts';

/**
 * One file a command. Each exports `register(program)`, and imports what it works with inside its action: `--help` reads all of
 * these files, and should not load a model runtime for it.
 */
const commands = [
  import('./demo.ts'),
  import('./run.ts'),
  import('./drain.ts'),
  import('./replay.ts'),
  import('./simulate.ts'),
  import('./features.ts'),
  import('./model.ts'),
  import('./calibrate.ts'),
  import('./queue.ts'),
  import('./compare.ts'),
  import('./estimates.ts'),
  import('./archive.ts'),
  import('./evidence.ts'),
  import('./train.ts'),
  import('./person.ts'),
  import('./governor.ts'),
  import('./groups.ts'),
  import('./check-policy.ts'),
  import('./list.ts'),
  import('./report.ts'),
  import('./import.ts'),
  import('./generate.ts'),
  import('./check-config.ts'),
];

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
for (const { register } of await Promise.all(commands)) register(program);

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
