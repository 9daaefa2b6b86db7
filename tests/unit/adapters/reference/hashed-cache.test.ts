import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { HashedCache } from '../../../../src/adapters/reference/hashed-cache.ts';

describe('a cache of look-ups', () => {
  it('remembers what was found, false and the empty text too, and no more than it may', () => {
    const cache = new HashedCache<string | boolean>(2);
    const find = vi.fn<(text: string) => string | boolean>((text) => (text === 'a' ? false : ''));
    expect([cache.get('a', find), cache.get('a', find), cache.get('b', find), cache.get('b', find)]).toEqual([
      false,
      false,
      '',
      '',
    ]);
    expect(find).toHaveBeenCalledTimes(2);
    cache.get('c', find);
    cache.get('a', find);
    expect(find).toHaveBeenCalledTimes(4);
  });

  it('lets go of what was asked for longest ago', () => {
    const cache = new HashedCache<string>(2);
    const find = vi.fn<(text: string) => string>((text) => text);
    // The second one is asked for again before the third one comes.
    for (const text of ['a', 'b', 'a', 'c', 'a']) expect(cache.get(text, find)).toBe(text);
    expect(find).toHaveBeenCalledTimes(3);
  });

  it('finds for each of many texts what is its own, whatever shares a place with it', () => {
    const cache = new HashedCache<string>(64);
    for (let round = 0; round < 3; round++)
      for (let index = 0; index < 500; index++)
        expect(cache.get(`text ${index}`, (text) => text)).toBe(`text ${index}`);
  });
});

const room = new URL('../../../../src/adapters/reference/', import.meta.url).href;

/** Looks a person's texts up, lets go of them, and prints whether the heap still holds any. Their mark is kept as bytes. */
const program = `
  import { randomBytes } from 'node:crypto';
  import { getHeapSnapshot } from 'node:v8';
  const { automationLookUp, loadAutomation } = await import('${room}clients.ts');
  const { emailDomainLookUp, loadPublicSuffixes } = await import('${room}email-domains.ts');
  const { loadTimeZones, zoneLookUps } = await import('${room}time-zones.ts');
  const { localeLookUp } = await import('${room}locales.ts');
  const lookUps = [
    automationLookUp(await loadAutomation()),
    emailDomainLookUp({ disposable: undefined, free: undefined, registrableOf: await loadPublicSuffixes() }),
    zoneLookUps(await loadTimeZones()).zoneCountry,
    localeLookUp(),
  ];
  const mark = Buffer.from(randomBytes(12).toString('hex').replace(/[0-9]/g, 'x'));
  const texts = [(m) => 'Mozilla/5.0 ' + m, (m) => 'mail.' + m + '-family.kz', (m) => 'Asia/' + m, (m) => 'kk-' + m];
  const keep = process.argv[1] === 'keep' ? [] : undefined;
  lookUps.forEach((lookUp, index) => {
    const text = JSON.parse(JSON.stringify(texts[index](mark.toString())));
    lookUp(text);
    keep?.push(text);
  });
  // A regular expression, and the library of public suffixes, remember the last text that they looked at.
  for (const lookUp of lookUps) lookUp('mail.example.org');
  /nothing/.test('nothing');
  gc();
  let rest = Buffer.alloc(0);
  let isHeld = false;
  for await (const chunk of getHeapSnapshot()) {
    const bytes = Buffer.concat([rest, Buffer.from(chunk)]);
    isHeld ||= bytes.includes(mark);
    rest = bytes.subarray(-64);
  }
  console.log(isHeld, keep?.length);
`;

async function heldAfter(...args: readonly string[]): Promise<string | undefined> {
  const options = ['--expose-gc', '--input-type=module', '--eval', program, ...args];
  return (await promisify(execFile)(process.execPath, options)).stdout.split(' ')[0];
}

describe('what a look-up remembers', () => {
  it('is not the text: agents and domains of one person must not stay in memory', async () => {
    expect(await heldAfter()).toBe('false');
  });

  it('would be found by this test', async () => {
    expect(await heldAfter('keep')).toBe('true');
  });
});
