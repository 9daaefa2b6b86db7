import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { labelsHeader } from '../../../src/adapters/file/labels.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { streamEvents, streamOptions, streamText, streamTruth, winnow } from './winnow.ts';

const pathOf = temporaryFolder();

describe('winnow simulate', () => {
  it('writes the events and who is who, and says how much', () => {
    const [out, labels] = [pathOf('events.ndjson'), pathOf('labels.csv')];
    expect(winnow(`simulate ${streamOptions} --out ${out} --labels ${labels}`)).toEqual({
      status: 0,
      stdout: '',
      stderr: `Wrote ${streamEvents.length} events of 120 accounts.\n`,
    });
    expect(readFileSync(out, 'utf8')).toBe(streamText);
    const rows = streamTruth.map(({ accountId, label, segment }) => `${accountId},${label},${segment}\n`);
    expect(readFileSync(labels, 'utf8')).toBe(`${labelsHeader}\n${rows.join('')}`);
  });

  it('writes the events alone to standard output', () => {
    const { status, stdout } = winnow(`simulate ${streamOptions} --out -`);
    expect({ status, isStream: stdout === streamText }).toEqual({ status: 0, isStream: true });
  });

  it.each([
    ['simulate --seed 1', 'give --out, or --kafka'],
    ['simulate --accounts 99 --out -', 'Give a whole number from 100.'],
    ['simulate --accounts 1.5e2x --out -', 'Give a whole number from 100.'],
    ['simulate --seed -1 --out -', 'Give a whole number from 0.'],
    ['simulate --days 0 --out -', 'Give a whole number from 1.'],
  ])('takes "%s" for wrong usage: code 2', (line, message) => {
    const { status, stdout, stderr } = winnow(line);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('says that a file cannot be written: code 6', () => {
    const { status, stderr } = winnow(`simulate ${streamOptions} --out ${pathOf('none/events.ndjson')}`);
    expect(status).toBe(6);
    expect(stderr).toMatch(/^error: OUTPUT_UNWRITABLE at .*ENOENT.*\n$/);
  });
});
