import fc from 'fast-check';

const firstSurrogate = 0xd800;
const surrogates = 0x800;
const last = 0x10ffff;

/**
 * A character of Unicode, whichever: for `fc.string({ unit: codePoint })`. The unit `binary` of the library is the same, and
 * costs each test process more than a second to set up.
 */
export const codePoint: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: last - surrogates })
  .map((place) => String.fromCodePoint(place < firstSurrogate ? place : place + surrogates));
