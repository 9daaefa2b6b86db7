import { CommanderError, InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';

import { reportError } from '../../../src/cli/report-error.ts';
import { FailureError } from '../../../src/domain/failure.ts';

describe('reportError', () => {
  it('says an expected failure in one line, with what to do, without a stack', () => {
    const failure = new FailureError({ code: 'TOPIC_MISSING', message: 'There is no topic account-events.' });
    expect(reportError(failure)).toEqual({
      text: 'error: TOPIC_MISSING: There is no topic account-events. Create it, or start with --create-topics in development.\n',
      exitCode: 5,
    });
  });

  it('says a bug with its stack', () => {
    const { text, exitCode } = reportError(new TypeError('x is not a function'));
    expect(exitCode).toBe(70);
    expect(text).toMatch(
      /^error: this is a bug in Winnow\nTypeError: x is not a function\n {4}at .*report-error\.test\.ts/,
    );
  });

  it('says what was thrown without being an error', () => {
    expect(reportError('x')).toEqual({ text: 'error: this is a bug in Winnow\nstring thrown: x\n', exitCode: 70 });
  });

  it('says which words a command refuses, that commander took', () => {
    expect(reportError(new InvalidArgumentError('--ranks takes --norms.'))).toEqual({
      text: 'error: --ranks takes --norms.\nTry --help.\n',
      exitCode: 2,
    });
  });

  it.each([
    [new CommanderError(0, 'commander.helpDisplayed', ''), 0],
    [new CommanderError(1, 'commander.unknownOption', 'unknown option'), 2],
  ])('adds nothing to what commander has said: %s', (error, exitCode) => {
    expect(reportError(error)).toEqual({ text: '', exitCode });
  });
});
