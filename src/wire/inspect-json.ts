import type { Failure } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import { contractMembers } from './event-schema.ts';

/**
 * What could do harm anywhere in an event, in members that no schema knows too: deep nesting, a member called `__proto__`
 * (it would set the prototype of whatever copies it), and halves of surrogate pairs (they do not survive UTF-8). Searching
 * the text is far cheaper than walking the value, so the walk happens only when the text holds what such a fault needs.
 */

/** Escapes of a surrogate, or of one of the characters of `__proto__`. */
const harmfulEscape = /\\u(?:[dD][89a-fA-F]|00[567])/;

/**
 * The first such fault, or undefined. `value` is what `text` was parsed to, and stands at `path` (a JSON path), `level` levels
 * below the envelope (0 for the envelope itself).
 */
export function inspectJson(text: string, value: unknown, path: string, level: 0 | 1): Failure | undefined {
  return mayHoldFault(text, limits.eventDepthMax - level) ? findFault(value, path, level + 1) : undefined;
}

function mayHoldFault(text: string, depthMax: number): boolean {
  return (
    text.includes('__proto__') ||
    (text.includes('\\u') && harmfulEscape.test(text)) ||
    countUpTo(depthMax + 1, text, '{') + countUpTo(depthMax + 1, text, '[') > depthMax
  );
}

function countUpTo(limit: number, text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1 && count < limit; at = text.indexOf(character, at + 1)) count += 1;
  return count;
}

/** Goes no deeper than the limit, which bounds the recursion and the path. */
function findFault(value: unknown, path: string, depth: number): Failure | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : loneSurrogate(path);
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > limits.eventDepthMax) {
    return { code: 'EVENT_TOO_DEEP', message: `At most ${limits.eventDepthMax} levels are allowed.`, path };
  }
  return Array.isArray(value) ? findInArray(value, path, depth) : findInObject(value, path, depth);
}

function findInArray(values: readonly unknown[], path: string, depth: number): Failure | undefined {
  for (const [index, value] of values.entries()) {
    const fault = findFault(value, `${path}[${index}]`, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function findInObject(members: object, path: string, depth: number): Failure | undefined {
  for (const [key, value] of Object.entries(members)) {
    if (key === '__proto__') {
      return { code: 'EVENT_FORBIDDEN_KEY', message: 'A member is called __proto__.', path };
    }
    // Text of unknown keys may be personal data, and has no bound: a star stands for it.
    const memberPath = `${path}.${contractMembers.has(key) ? key : '*'}`;
    if (!key.isWellFormed()) return loneSurrogate(memberPath);
    const fault = findFault(value, memberPath, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function loneSurrogate(path: string): Failure {
  return { code: 'EVENT_LONE_SURROGATE', message: 'The string holds half of a surrogate pair.', path };
}
