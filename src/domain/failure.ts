import { failureCatalogue } from './failure-catalogue.ts';

/**
 * Expected failures are values. Each has a code from the one catalogue; programmer errors are assertions instead.
 * A retired code is never used again: EVENT_TOO_DEEP, EVENT_FORBIDDEN_KEY. Source of the idea: fastify `lib/errors.js`, k6 `errext/hint.go`.
 */

export type FailureCode = keyof typeof failureCatalogue;

/** One expected failure. `message` says what is wrong here, without personal data; the catalogue says what to do. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  /** JSON path (`$.data.email`) or `file:line:column`, where there is one. */
  readonly path?: string;
}

/** A failure that has to cross a promise or a constructor: the same value, thrown. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(`${failure.code}: ${failure.message}`, options);
    this.name = 'FailureError';
    this.failure = failure;
  }
}

/** The outcome of a step that may fail as expected. */
export type Result<T, F = Failure> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: F };

export function success<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function failed(
  code: FailureCode,
  message: string,
  path?: string,
): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: path === undefined ? { code, message } : { code, message, path } };
}

/** One line for a person: code, place, what is wrong, what to do. */
export function describeFailure(failure: Failure): string {
  const place = failure.path === undefined ? '' : ` at ${failure.path}`;
  return `${failure.code}${place}: ${failure.message} ${failureCatalogue[failure.code].remedy}`;
}

/** Closes a switch over a closed set: reached only when the types lie. */
export function assertNever(value: never): never {
  throw new Error(`unreachable value ${JSON.stringify(value)}`);
}
