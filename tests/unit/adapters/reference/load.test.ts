import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadReference } from '../../../../src/adapters/reference/load.ts';
import { type Reference } from '../../../../src/features/reference.ts';
import { referenceParts } from '../../../../src/adapters/reference/parts.ts';
import { codePoint } from '../../../code-point.ts';

const source = new URL('../../../../src/adapters/reference/load.ts', import.meta.url).href;

/** Loads, uses every look-up once, and prints the bytes that the process has grown by. */
const measure = `
  const { loadReference } = await import('${source}');
  const before = process.memoryUsage.rss();
  const { reference, missing } = await loadReference();
  reference.phone('+77010000000');
  reference.isAutomated('curl/8.9.1');
  reference.emailDomain('example.org');
  reference.localHour('Asia/Almaty', 0);
  gc();
  console.log(JSON.stringify({ missing, grown: process.memoryUsage.rss() - before, known: reference.address({ version: 4, high: 0, low: 0x08_08_08_08 })?.asn }));
`;

/** Every look-up's answer to one text. */
function askAll(reference: Reference, text: string): readonly unknown[] {
  return [
    reference.emailDomain(text),
    reference.phone(text),
    reference.isAutomated(text),
    reference.zoneCountry(text),
    reference.localHour(text, 0),
    reference.localeCountry(text),
  ];
}

describe('the reference data', async () => {
  const { reference, missing } = await loadReference();

  it('are all there', () => {
    expect(missing).toEqual([]);
  });

  it('throw at no text, and answer the same when asked again', () => {
    const texts = fc.oneof(
      fc.string({ unit: codePoint, maxLength: 1024 }),
      fc.ipV4(),
      fc.ipV6(),
      fc.domain(),
      fc.stringMatching(/^\+\d{6,16}$/),
      fc.constantFrom(
        '__proto__',
        'constructor',
        'toString',
        '\ud800',
        '\0',
        'a'.repeat(1024),
        '.'.repeat(1024),
        '('.repeat(1024),
      ),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(askAll(reference, text)).toEqual(askAll(reference, text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('are known to be missing where they cannot be read, and the others go on', async () => {
    const partial = await loadReference({ asnFolder: '/nowhere', countryFolder: '/nowhere' });
    expect(partial.missing.map(({ part }) => part)).toEqual(['asn', 'country']);
    expect(partial.missing[0]?.cause).toContain('/nowhere');
    expect(partial.reference.address({ version: 4, high: 0, low: 0x08_08_08_08 })).toBeUndefined();
    expect(partial.reference.zoneCountry('Asia/Almaty')).toBe('KZ');
  });

  it('take at most 150 MB of memory', async () => {
    const options = ['--expose-gc', '--input-type=module', '--eval', measure];
    const { stdout } = await promisify(execFile)(process.execPath, options);
    const result = JSON.parse(stdout) as { missing: unknown[]; grown: number; known: number };
    expect(result).toMatchObject({ missing: [], known: 15_169 });
    expect(result.grown).toBeLessThan(150e6);
  });
});

const refuse = (): never => {
  throw new Error('no such package');
};

describe('without any package', () => {
  afterEach(() => {
    vi.doUnmock('node:module');
    vi.resetModules();
  });

  it('every part is missing and every answer unknown, but for what Node itself knows', async () => {
    vi.resetModules();
    vi.doMock('node:module', () => ({ createRequire: () => Object.assign(refuse, { resolve: refuse }) }));
    for (const name of ['tldts', 'libphonenumber-js/max', 'isbot', 'countries-and-timezones']) vi.doMock(name, refuse);
    const fresh = await import('../../../../src/adapters/reference/load.ts');
    const { reference, missing } = await fresh.loadReference();
    expect(missing.map(({ part }) => part)).toEqual(referenceParts);
    expect(reference.address({ version: 4, high: 0, low: 0x08_08_08_08 })).toBeUndefined();
    expect(reference.emailDomain('gmail.com')).toEqual({
      isDisposable: undefined,
      isFree: undefined,
      registrable: undefined,
    });
    expect(reference.phone('+77010000000')).toBeUndefined();
    expect(reference.isAutomated('curl/8.9.1')).toBeUndefined();
    expect(reference.zoneCountry('Asia/Almaty')).toBeUndefined();
    expect(reference.localHour('Asia/Almaty', Date.UTC(2026, 10, 24))).toBe(5);
    expect(reference.localeCountry('kk-KZ')).toBe('KZ');
  });
});
