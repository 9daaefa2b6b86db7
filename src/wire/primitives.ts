import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import { parseTime } from './time.ts';

/** The leaves that all schemas of the wire share. zod counts a string's length in code points, as a JSON Schema and `limits` do. */

/** Characters of a time: RFC 3339 sets no bound on the fraction's digits. */
export const timeLengthMax = 64;

/** A string as long as the contract allows. May be empty. */
export const text = z.string().max(limits.stringLengthMax);

/** Names one thing, and so is not empty. */
export const identifier = z.string().min(1).max(limits.identifierLengthMax);

/** Why a person ordered something, in a sentence. */
export const orderReason = z.string().min(1).max(512);

/** RFC 3339 with a zone. */
export const time = z
  .string()
  .max(timeLengthMax)
  .refine((value) => !Number.isNaN(parseTime(value)), {
    error: 'Expected a time of RFC 3339 with a zone, such as 2026-11-24T04:36:51.123Z.',
  })
  .meta({ format: 'date-time' });

/** SHA-256, as 64 lower-case hex digits. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'Expected 64 lower-case hex digits.' });

/** Whether a parsed value is a JSON object. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
