import type { z } from 'zod';
import type { Failure, FailureCode } from '../domain/failure.ts';
import { identitySchema } from './event-schema.ts';
import { lengthOf } from './text.ts';

type Issue = z.core.$ZodIssue;

/**
 * Why a parsed CloudEvent is no event: the first fault that the schema of record finds. Code and path are part of the
 * contract of dead letters. zod's own messages name types, limits and allowed values and never cite what was received; they
 * are passed on for that reason.
 */
export function explainEvent(envelope: unknown): Failure {
  if (Array.isArray(envelope)) {
    return { code: 'EVENT_BATCH', message: 'Expected one event, received an array.', path: '$' };
  }
  if (typeof envelope !== 'object' || envelope === null) {
    return { code: 'EVENT_NOT_CLOUDEVENT', message: `Expected an object, received ${typeName(envelope)}.`, path: '$' };
  }
  if (memberOf(envelope, 'specversion') === undefined && isConnectEnvelope(envelope)) {
    const message = "Expected specversion, received schema and payload: set the converter's schemas.enable to false.";
    return { code: 'EVENT_FRAMED', message, path: '$' };
  }
  if (memberOf(envelope, 'specversion') !== '1.0') {
    return { code: 'EVENT_NOT_CLOUDEVENT', message: 'Expected specversion "1.0".', path: '$.specversion' };
  }
  const issue = identitySchema.safeParse(envelope).error?.issues[0];
  // Without an issue the fast check would be stricter than the schema, which a property test rules out.
  if (issue === undefined) return { code: 'EVENT_WRONG_VALUE', message: 'The event was refused.', path: '$' };
  const received = issue.path.reduce<unknown>(memberOf, envelope);
  const code = codeOf(issue, received);
  const message = code === 'EVENT_MISSING_MEMBER' ? 'The member is missing.' : issue.message;
  return { code, message: `${message}${lengthReceived(issue, received)}`, path: `$${issue.path.map(step).join('')}` };
}

function codeOf(issue: Issue, received: unknown): FailureCode {
  if (received === undefined) return 'EVENT_MISSING_MEMBER';
  switch (issue.code) {
    case 'invalid_type':
      return 'EVENT_WRONG_TYPE';
    case 'invalid_union':
      return typeof received === 'string' ? 'EVENT_UNKNOWN_TYPE' : 'EVENT_WRONG_TYPE';
    case 'invalid_value':
      return typeof received === 'string' ? 'EVENT_WRONG_VALUE' : 'EVENT_WRONG_TYPE';
    case 'too_big':
      return typeof received === 'string' ? 'EVENT_STRING_TOO_LONG' : 'EVENT_WRONG_VALUE';
    case 'custom':
      if (typeof received === 'string' && !received.isWellFormed()) return 'EVENT_LONE_SURROGATE';
      return issue.path.at(-1) === 'time' ? 'EVENT_WRONG_TIME' : 'EVENT_WRONG_VALUE';
    default:
      return 'EVENT_WRONG_VALUE';
  }
}

function lengthReceived(issue: Issue, received: unknown): string {
  return issue.code === 'too_big' && typeof received === 'string' ? `, received ${lengthOf(received)}` : '';
}

/** What Kafka Connect's JSON converter writes when it is left as it comes. */
function isConnectEnvelope(envelope: object): boolean {
  return Object.hasOwn(envelope, 'schema') && Object.hasOwn(envelope, 'payload');
}

/** The schema names the members of a path, so none of its steps is text of the event. */
function step(key: PropertyKey): string {
  return typeof key === 'number' ? `[${key}]` : `.${String(key)}`;
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return (value as Readonly<Record<PropertyKey, unknown>>)[key];
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
