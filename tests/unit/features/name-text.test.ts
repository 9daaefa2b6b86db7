import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphemeCount, nameSkeleton, visibleText } from '../../../src/features/name-text.ts';
import { codePoint } from '../../code-point.ts';

describe('nameSkeleton', () => {
  it.each([
    [
      'jos\u00e9 admin',
      [
        'José Admin',
        'Jose\u0301 Admin',
        'José\u200b Admin',
        'José\ufe0f Admin',
        'Jo\u00adsé Admin',
        'José\u00a0Admin',
        '  JOSÉ   ADMIN ',
        '\u202eJosé Admin\u202c',
        'Ｊｏｓé Admin',
        '𝐉𝐨𝐬é 𝓐𝓭𝓶𝓲𝓷',
        'Jоsé Аdmin',
      ],
    ],
    ['mark', ['Mark', 'Mаrk', 'M\u200bа\u200brk', 'MАRK', 'ＭａｒＫ']],
    ['strasse', ['Straße', 'STRASSE', 'straſſe']],
    ['istanbul jim', ['Istanbul Jim', 'İstanbul Jim', 'ISTANBUL JIM', 'istanbul ji\u0307m', 'ıstanbul j\u0307im']],
    ['марк', ['Марк', 'МАРК', 'Ма\u200bрк']],
    ['안녕', ['안녕', '\u110b\u1161\u11ab\u1102\u1167\u11bc']],
    ['user 123', ['User 123', 'User ١٢٣', 'user १२३', 'USER １２３', 'user 𝟏𝟐𝟑']],
  ])('is %j of all that look so', (skeleton, texts) => {
    for (const text of texts) expect({ text, skeleton: nameSkeleton(text) }).toEqual({ text, skeleton });
  });

  it.each([
    ['Марк', 'Mapk'],
    ['Вова', 'Boba'],
    ['Тома', 'Toma'],
    ['Jose', 'José'],
    ['Ян', 'Ян2'],
    ['Anna', 'Ana'],
  ])('tells %s from %s', (one, other) => {
    expect(nameSkeleton(one)).not.toBe(nameSkeleton(other));
  });

  it('has itself for its skeleton, and does not mind composition, case and what is not seen', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', 'é', 'а', 'В', 'ñ', '王', 'ア', ' ', '7', '_', '🔥') });
    fc.assert(
      fc.property(text, fc.constantFrom('\u200b', '\u00ad', '\u2060', '\ufeff'), fc.nat(20), (name, unseen, at) => {
        const skeleton = nameSkeleton(name);
        expect(nameSkeleton(skeleton)).toBe(skeleton);
        expect(nameSkeleton(name.normalize('NFD'))).toBe(skeleton);
        expect(nameSkeleton(name.toUpperCase())).toBe(skeleton);
        const characters = Array.from(name);
        characters.splice(at, 0, unseen);
        expect(nameSkeleton(characters.join(''))).toBe(skeleton);
      }),
    );
  });

  it('throws at no text', () => {
    fc.assert(fc.property(fc.string({ unit: codePoint }), (text) => void nameSkeleton(text)));
  });
});

describe('visibleText', () => {
  it.each([
    ['\u200b', ''],
    ['\u3164', ''],
    ['\u2800\u2800', ''],
    [' a ', 'a'],
    ['a\u200bb', 'ab'],
    ['ab١٢', 'ab12'],
  ])('of %j is %j', (text, visible) => {
    expect(visibleText(text)).toBe(visible);
  });
});

describe('graphemeCount', () => {
  it.each([
    ['', 0],
    ['alma', 4],
    ['👨‍👩‍👧‍👦', 1],
    ['😀', 1],
    ['𝐌𝐚𝐫𝐤', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['🇰🇿', 1],
    ['❤\ufe0f', 1],
    ['नमस्ते', 3],
    ['김민수', 3],
    ['M\u200ba\u00adrk', 4],
    ['\u200b\u200b', 0],
  ])('of %j is %d', (text, count) => {
    expect(graphemeCount(text)).toBe(count);
  });
});

const point = (min: number, max: number) => fc.integer({ min, max }).map((code) => String.fromCodePoint(code));

it('counts names of the usual scripts as the rules of Unicode do, beside marks, parts and signs of any kind', () => {
  const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
  const letter = fc.oneof(
    point(0x20, 0x7e),
    point(0xa0, 0x52f).filter((character) => !/[\p{M}\u00ad]/u.test(character)),
    point(0x620, 0x64a),
    point(0x3041, 0x30ff).filter((character) => !/\p{M}/u.test(character)),
    point(0x4e00, 0x9fff),
    point(0xac00, 0xd7a3),
  );
  const other = fc.constantFrom(
    '\u0301',
    '\u0483',
    '\u1100',
    '\u11a8',
    '\u{1f1f0}',
    '\u{1f600}',
    '\u{1f3fd}',
    '\u064e',
    '\r\n',
  );
  const text = fc.string({
    unit: fc.oneof({ weight: 8, arbitrary: letter }, { weight: 1, arbitrary: other }),
    maxLength: 12,
  });
  fc.assert(
    fc.property(text, (one) => {
      expect(graphemeCount(one)).toBe([...segmenter.segment(one)].length);
    }),
    { numRuns: 3_000 },
  );
});
