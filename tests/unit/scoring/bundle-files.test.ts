import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { parseDeployment, parseGoldenRows, parseManifest } from '../../../src/scoring/bundle-files.ts';
import { exampleDeployment, exampleManifest } from '../../../src/wire/examples.ts';

function bytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

const row = { features: [1, null, 0.5], probability: 0.5, tolerance: 1e-6 };

function golden(count: number, end = '\n'): Uint8Array {
  return Buffer.from(Array.from({ length: count }, () => JSON.stringify(row) + end).join(''));
}

describe('parseManifest', () => {
  it('reads the example of the contract', () => {
    expect(parseManifest(bytes(exampleManifest), 'm.json')).toEqual({ ok: true, value: exampleManifest });
  });

  it('names each member that is wrong, at most three of them', () => {
    const manifest = { ...exampleManifest, name: 3, version: 3, author: 3, input: 3 };
    const parsed = parseManifest(bytes(manifest), 'm.json');
    expect(parsed).toMatchObject({ ok: false, failure: { code: 'BUNDLE_INVALID', path: 'm.json' } });
    const message = parsed.ok ? '' : parsed.failure.message;
    expect(message.match(/(name|version|author|input): Invalid/g)).toHaveLength(3);
  });

  it.each([
    ['no JSON', Buffer.from('{"name":'), /it is not JSON/],
    ['nothing', Buffer.from(''), /it is not JSON/],
    ['a list', bytes([]), /^the whole: /],
  ])('refuses %s', (_, content, message) => {
    expect(parseManifest(content, 'm.json')).toEqual({
      ok: false,
      failure: { code: 'BUNDLE_INVALID', path: 'm.json', message: expect.stringMatching(message) as string },
    });
  });
});

describe('parseDeployment', () => {
  it('reads the example of the contract', () => {
    expect(parseDeployment(bytes(exampleDeployment), 'd.json')).toEqual({ ok: true, value: exampleDeployment });
  });

  it.each([
    ['no champion', { ...exampleDeployment, champion: undefined }],
    ['a champion outside the folder', { ...exampleDeployment, champion: { name: '../x', version: '1' } }],
  ])('refuses %s', (_, deployment) => {
    const expected = {
      code: 'DEPLOYMENT_INVALID',
      path: 'd.json',
      message: expect.stringContaining('champion') as string,
    };
    expect(parseDeployment(bytes(deployment), 'd.json')).toEqual({ ok: false, failure: expected });
  });
});

describe('parseGoldenRows', () => {
  it.each([
    ['with a line break at the end', golden(limits.goldenRowsMin)],
    ['without one', golden(limits.goldenRowsMin).subarray(0, -1)],
    ['with CRLF', golden(limits.goldenRowsMin, '\r\n')],
    ['with empty lines', golden(limits.goldenRowsMin, '\n\n')],
  ])('reads rows %s', (_, content) => {
    const parsed = parseGoldenRows(content, 'g.jsonl');
    expect(parsed.ok ? parsed.value : parsed.failure).toEqual(Array.from({ length: limits.goldenRowsMin }, () => row));
  });

  it('reads no more rows than are run', () => {
    const parsed = parseGoldenRows(golden(limits.goldenRowsMax + 1), 'g.jsonl');
    expect(parsed.ok && parsed.value.length).toBe(limits.goldenRowsMax);
  });

  it.each([
    ['no JSON', 'x', 'it is not JSON'],
    ['a probability above 1', JSON.stringify({ ...row, probability: 1.01 }), 'probability: '],
    ['a feature that is a text', JSON.stringify({ ...row, features: ['1'] }), 'features.0: '],
  ])('names the line that is %s', (_, line, message) => {
    const content = Buffer.from(`${golden(2).toString()}${line}\n${golden(limits.goldenRowsMin).toString()}`);
    expect(parseGoldenRows(content, 'g.jsonl')).toEqual({
      ok: false,
      failure: { code: 'BUNDLE_GOLDEN', path: 'g.jsonl:3', message: expect.stringContaining(message) as string },
    });
  });
});
