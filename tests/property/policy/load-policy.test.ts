import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureNames } from '../../../src/features/catalogue.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';

const sound = readFileSync(new URL('../../../src/policy/default-policy.yaml', import.meta.url), 'utf8');
const someRules = sound.slice(0, sound.indexOf('  - id: automated-client-signs-up'));

/** A document after the slips of a hand: parts cut out, doubled, or replaced by signs that YAML and CEL heed. */
const slips = fc.array(
  fc.record({
    at: fc.nat(someRules.length),
    length: fc.nat(12),
    insert: fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ': ',
        '- ',
        '"',
        "'",
        '&a ',
        '*a',
        '!!int ',
        '\t',
        '\n',
        '#',
        '|',
        '>-',
        '---\n',
      ),
      fc.constantFrom(' && ', ' || !', '(', ')', ' >= ', 'event.data.', '__proto__', 'null', '1e999', '.nan', '? '),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

function withSlips(text: string, made: readonly { at: number; length: number; insert: string }[]): string {
  return made.reduce((so, { at, length, insert }) => so.slice(0, at) + insert + so.slice(at + length), text);
}

describe('loading a policy', () => {
  it('accepts or names places in the document, and never throws', () => {
    fc.assert(
      fc.property(slips, (made) => {
        const document = withSlips(someRules, made);
        const loaded = loadPolicy(Buffer.from(document), featureNames);
        if (loaded.ok) return;
        expect(loaded.failure.length).toBeGreaterThan(0);
        const lines = document.split('\n');
        for (const { line, column, message, remedy } of loaded.failure) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 2);
          expect(message).toMatch(/\.$/);
          expect(remedy).toMatch(/[.?]$/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never throws on bytes of any kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(loadPolicy(bytes, featureNames)).toMatchObject({ ok: false });
      }),
    );
  });
});
