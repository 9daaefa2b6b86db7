import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { inspectJson } from '../../../src/wire/inspect-json.ts';

/** The plain way: looks at everything, always. */
function hasFault(value: unknown, depth = 1): boolean {
  if (typeof value === 'string') return !value.isWellFormed();
  if (typeof value !== 'object' || value === null) return false;
  if (depth > limits.eventDepthMax) return true;
  if (Object.keys(value).some((key) => !Array.isArray(value) && (key === '__proto__' || !key.isWellFormed())))
    return true;
  return Object.values(value).some((member) => hasFault(member, depth + 1));
}

/** A JSON string with some characters escaped that need not be: valid, and the same once parsed. */
const quoted = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom('__proto__', '_', '\ud83d', '\ude00', '{', '['), fc.string({ maxLength: 3 })),
      fc.boolean(),
    ),
    { maxLength: 4 },
  )
  .map(
    (pieces) =>
      `"${pieces.map(([piece, escaped]) => (escaped ? escapeAll(piece) : JSON.stringify(piece).slice(1, -1))).join('')}"`,
  );

function escapeAll(text: string): string {
  return Array.from(
    { length: text.length },
    (_, at) => String.raw`\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}

const jsonText = fc.letrec<{ value: string; array: string; object: string; deep: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    quoted,
    fc.constantFrom('null', '1e999', '0'),
    tie('array'),
    tie('object'),
    tie('deep'),
  ),
  array: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join()}]`),
  object: fc
    .array(fc.tuple(quoted, tie('value')), { maxLength: 4 })
    .map((members) => `{${members.map((pair) => pair.join(':')).join()}}`),
  deep: fc
    .tuple(fc.integer({ min: 1, max: 9 }), tie('value'))
    .map(([levels, inner]) => '[{"a":'.repeat(levels) + inner + '}]'.repeat(levels)),
})).value;

describe('inspectJson', () => {
  it('finds a fault exactly where a full walk does', () => {
    const seen = { fault: 0, none: 0 };
    fc.assert(
      fc.property(jsonText, (text) => {
        const value: unknown = JSON.parse(text);
        const expected = hasFault(value);
        expect(inspectJson(text, value, '$', 0) !== undefined).toBe(expected);
        seen[expected ? 'fault' : 'none'] += 1;
      }),
      { numRuns: 3_000 },
    );
    // Both answers must have been tried.
    expect(Math.min(seen.fault, seen.none)).toBeGreaterThan(100);
  });
});
