import { CommanderError, InvalidArgumentError } from 'commander';

import { describeFailure, FailureError } from '../domain/failure.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';

export interface ErrorReport {
  /** For stderr, newline included; empty where commander has said it already. */
  readonly text: string;
  readonly exitCode: number;
}

/** What to say of an error that ended a command: one clear line for what may happen, the stack for what must not. */
export function reportError(error: unknown): ErrorReport {
  // Commander says what it finds itself when it reads the words; what a command throws later, of words that do not go together, nobody has said.
  if (error instanceof InvalidArgumentError) {
    return { text: `error: ${error.message}\nTry --help.\n`, exitCode: exitCodes.usage.code };
  }
  if (error instanceof CommanderError) {
    return { text: '', exitCode: error.exitCode === 0 ? exitCodes.done.code : exitCodes.usage.code };
  }
  if (error instanceof FailureError) {
    return { text: `error: ${describeFailure(error.failure)}\n`, exitCode: exitCodeOf(error.failure.code) };
  }
  const stack = error instanceof Error ? (error.stack ?? String(error)) : `${typeof error} thrown: ${String(error)}`;
  return { text: `error: this is a bug in Winnow\n${stack}\n`, exitCode: exitCodes.bug.code };
}
