import { describe, expect, it } from 'vitest';
import { mixesScripts, readMixedWords } from '../../../src/features/text-script.ts';

describe('a text mixes scripts', () => {
  it.each([
    // Each word is of one script.
    'Иван Petrov',
    // Written together in Japan, Korea and China; Latin goes with all three, and with Thai.
    'タカシ太郎',
    '김철수金',
    'takashiタカシ',
    'มิ้นmint',
    'ラーメン',
    '佐々木のぞみ',
    'José Muñoz 7',
    'Jose\u0301 Mun\u0303oz',
    'Łukasz',
    '𝐌𝐚𝐫𝐤',
    'Ｍａｒｋ',
  ])('not in %s', (text) => {
    expect(mixesScripts(text)).toBe(false);
  });

  it.each([
    ['English', 'Mark Johnson'],
    ['Kazakh', 'Әйгерім Құдайбергенова'],
    ['Russian', 'Иван Щёлоков'],
    ['Ukrainian', 'Їжак Ґалаґан'],
    ['Greek', 'Ιωάννης Παπαδόπουλος'],
    ['Arabic', 'مُحَمَّد عبد الله'],
    ['Persian', 'می‌خواهم'],
    ['Hebrew', 'שָׁלוֹם'],
    ['Hindi', 'नमस्ते क्‍ष'],
    ['Bengali', 'রবীন্দ্রনাথ'],
    ['Tamil', 'தமிழ்'],
    ['Thai', 'สมชาย ใจดี'],
    ['Chinese', '王小明'],
    ['Japanese', '山田太郎ひろし'],
    ['Korean', '김민수'],
    ['Georgian', 'გიორგი'],
    ['Armenian', 'Արամ'],
    ['Amharic', 'አበበ'],
    ['Vietnamese', 'Nguyễn Văn Đức'],
    ['Turkish', 'İbrahim Işık'],
    ['Khmer', 'សុខា'],
    ['Mongolian', 'Бат-Эрдэнэ'],
  ])('not in a name wholly in %s: %s, composed or not, with digits of its own', (_, name) => {
    for (const spelled of [name, name.normalize('NFD'), name.toUpperCase(), `${name}٣`, `${name}७`, `${name}_12`]) {
      expect({ spelled, mixed: mixesScripts(spelled) }).toEqual({ spelled, mixed: false });
      expect(readMixedWords(spelled)).toBe(spelled);
    }
  });

  it.each([
    'Mаrk',
    // Invisible characters part no word for a reader.
    'M\u200bа\u200brk',
    'M\u200dа\u200drk',
    'M\u00adаrk',
    'M\ufe0fаrk',
    'M\u2060аrk',
    'M\u3164аrk',
    'M\u202eаrk',
    'раypal',
    'pаypаl_Иван',
    'αdmin',
    'iPhoneшник',
    'ИванΑ',
    '김タカ',
  ])('in %j', (text) => {
    expect(mixesScripts(text)).toBe(true);
  });

  it.each(['', '12345', '🔥🔥', '_._', '\u200b'])('not in %j, which has no letter', (text) => {
    expect(mixesScripts(text)).toBe(false);
  });

  it('in its beginning, if it is long', () => {
    expect(mixesScripts(`${'a'.repeat(128)}б`)).toBe(false);
    expect(mixesScripts(`${'a'.repeat(127)}б`)).toBe(true);
  });
});

describe('readMixedWords', () => {
  it.each([
    ['mаrk аnна', 'mark anha'],
    ['раypal', 'paypal'],
    ['αdmin', 'admin'],
    // Words wholly of one script are not touched, and mixed ones keep what looks like no Latin letter.
    ['вера vera', 'вера vera'],
    ['iphoneшник', 'iphoneшhиk'],
    ['иванα', 'иванα'],
  ])('reads %s as %s', (text, read) => {
    expect(readMixedWords(text)).toBe(read);
  });
});
