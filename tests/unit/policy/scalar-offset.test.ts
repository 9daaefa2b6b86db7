import { describe, expect, it } from 'vitest';
import { parseDocument, type Scalar } from 'yaml';
import { offsetInSource } from '../../../src/policy/scalar-offset.ts';

function scalarOf(source: string): Scalar<string> {
  return parseDocument(source).get('when', true) as Scalar<string>;
}

describe('the place of a character in the source', () => {
  it.each([
    ['plain', 'when: a > 1 && @nope < 2\n'],
    ['plain over two lines', 'when: a > 1 &&\n  @nope < 2 # nope\n'],
    ['single quotes', "when: 'it''s && @nope < 2'\n"],
    ['double quotes', 'when: "a == \\"b\\" && @nope < 2"\n'],
    ['double quotes with a line break', 'when: "a > 1 && \\\n   @nope < 2"\n'],
    ['a literal block', 'when: |\n  a > 1 &&\n    @nope < 2\n'],
    ['a folded block', 'when: >- # nope is said below\n  a > 1 &&\n\n  @nope < 2\n'],
    ['a folded block with stated indentation', 'when: >2-\n   a > 1 &&\n  @nope < 2\n'],
    ['a text with characters of two units', 'when: \'"\u{1f600}" == b && @nope < 2\'\n'],
  ])('is found in %s', (_style, source) => {
    // The mark @ stands before the word in question.
    const text = source.replace('@', '');
    const scalar = scalarOf(text);
    expect(offsetInSource(scalar, text, scalar.value.indexOf('nope'))).toBe(source.indexOf('@'));
  });

  it('is the place after the last character for an offset at the end', () => {
    const source = 'when: |\n  a > 1\nversion: x\n';
    const scalar = scalarOf(source);
    expect(offsetInSource(scalar, source, scalar.value.length)).toBe(source.indexOf('1') + 1);
  });

  it('is that of its neighbour for a character that is written as an escape', () => {
    const source = 'when: "a \\u003e 1"\n';
    const scalar = scalarOf(source);
    const place = offsetInSource(scalar, source, scalar.value.indexOf('>'));
    expect(place).toBeGreaterThanOrEqual(source.indexOf('a'));
    expect(place).toBeLessThanOrEqual(source.indexOf(' 1'));
  });
});
