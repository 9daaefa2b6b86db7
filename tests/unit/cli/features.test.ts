import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { labelsHeader } from '../../../src/adapters/file/labels.ts';
import { matrixHeader } from '../../../src/app/matrix.ts';
import { isLabelEvent } from '../../../src/domain/event.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { streamEvents, streamText, streamTruth, winnow } from './winnow.ts';

const pathOf = temporaryFolder();
const scored = streamEvents.filter(({ type }) => !isLabelEvent(type));

describe('winnow features', () => {
  beforeAll(() => {
    writeFileSync(pathOf('events.ndjson'), streamText);
    const rows = streamTruth.map(({ accountId, label, segment }) => `${accountId},${label},${segment}`);
    writeFileSync(pathOf('labels.csv'), [labelsHeader, ...rows].join('\n'));
  });

  it('writes a row for each scored event, with labels', () => {
    const out = pathOf('matrix.csv');
    expect(winnow(`features ${pathOf('events.ndjson')} --labels ${pathOf('labels.csv')} --out ${out}`)).toEqual({
      status: 0,
      stdout: '',
      stderr: `Wrote ${scored.length} rows.\n`,
    });
    const written = readFileSync(out, 'utf8').split('\n');
    expect(written.slice(0, 2)).toEqual(matrixHeader);
    expect(written.at(-1)).toBe('');
    const labelOf = new Map(streamTruth.map(({ accountId, label, segment }) => [accountId, `${label},${segment}`]));
    expect(written.slice(2, -1).map((line) => line.split(',').slice(0, 6).join(','))).toEqual(
      scored.map(({ json, subject, type, timeMs }) => {
        const { id } = JSON.parse(json) as { id: string };
        return `${subject},${id},${type},${timeMs},${labelOf.get(subject)}`;
      }),
    );
  });

  it('reads standard input and writes standard output, labels or not', () => {
    const { status, stdout, stderr } = winnow('features - --out -', streamText);
    expect({ status, stderr }).toEqual({ status: 0, stderr: `Wrote ${scored.length} rows.\n` });
    expect(stdout.split('\n')).toHaveLength(scored.length + 3);
    expect(stdout.split('\n')[2]).toMatch(/^acc_\w+,\w+,[a-z_.]+,\d+,,,/);
  });

  it.each([
    ['the events are missing', () => `features ${pathOf('none.ndjson')} --out -`, 'INPUT_UNREADABLE'],
    ['the labels are none', () => `features - --labels ${pathOf('events.ndjson')} --out -`, 'LABELS_INVALID'],
    [
      'the matrix cannot be written',
      () => `features ${pathOf('events.ndjson')} --out ${pathOf('none/m.csv')}`,
      'OUTPUT_UNWRITABLE',
    ],
  ])('says that %s: code 6', (_, line, code) => {
    const { status, stderr } = winnow(line(), '');
    expect(status).toBe(6);
    expect(stderr).toContain(`error: ${code} at `);
  });
});
