import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { labelsHeader } from '../../../src/adapters/file/labels.ts';
import { isLabelEvent } from '../../../src/domain/event.ts';
import { catalogueVersion } from '../../../src/features/catalogue.ts';
import { readMatrix } from '../../contract/matrix-files.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { streamEvents, streamText, streamTruth, winnow } from './winnow.ts';

const pathOf = temporaryFolder();
const scored = streamEvents.filter(({ type }) => !isLabelEvent(type));

/** An event as a line. */
function loginFrom(ip: string): string {
  const data = { status: 'succeeded', method: 'otp', context: { ip } };
  const event = { specversion: '1.0', id: ip, source: '/s', type: 'account.login', subject: `of ${ip}` };
  return JSON.stringify({ ...event, time: '2026-11-20T08:00:00Z', data });
}

/** A login in a second of that minute. */
function loginAt(subject: string, second: number): string {
  const login = JSON.parse(loginFrom('95.56.234.10')) as object;
  return JSON.stringify({ ...login, id: `${subject}${second}`, subject, time: `2026-11-20T08:00:0${second}Z` });
}

describe('winnow features', () => {
  beforeAll(() => {
    writeFileSync(pathOf('events.ndjson'), streamText);
    const rows = streamTruth.map(({ accountId, label, segment }) => `${accountId},${label},${segment}`);
    writeFileSync(pathOf('labels.csv'), [labelsHeader, ...rows].join('\n'));
  });

  it.each(['matrix.csv', 'matrix.parquet'])('writes a row for each scored event, with labels, to %s', async (name) => {
    const out = pathOf(name);
    expect(winnow(`features ${pathOf('events.ndjson')} --labels ${pathOf('labels.csv')} --out ${out}`)).toEqual({
      status: 0,
      stdout: '',
      stderr: `Wrote ${scored.length} rows.\n`,
    });
    const written = await readMatrix(out);
    expect(written.metadata['catalogue_version']).toBe(catalogueVersion);
    const labelOf = new Map(streamTruth.map(({ accountId, label, segment }) => [accountId, { label, segment }]));
    expect(written.rows).toEqual(
      scored.map(({ json, subject, type, timeMs }) => {
        const { id } = JSON.parse(json) as { id: string };
        return { accountId: subject, eventId: id, type, timeMs, ...labelOf.get(subject) };
      }),
    );
  });

  it('writes the same numbers in either format', async () => {
    for (const name of ['one.csv', 'one.parquet']) winnow(`features - --out ${pathOf(name)}`, streamText);
    const [csv, parquet] = await Promise.all([readMatrix(pathOf('one.csv')), readMatrix(pathOf('one.parquet'))]);
    expect(parquet.features).toEqual(csv.features);
  });

  it('reads standard input and writes standard output, labels or not', () => {
    const { status, stdout, stderr } = winnow('features - --out -', streamText);
    expect({ status, stderr }).toEqual({ status: 0, stderr: `Wrote ${scored.length} rows.\n` });
    expect(stdout.split('\n')).toHaveLength(scored.length + 6);
    expect(stdout.split('\n')[5]).toMatch(/^acc_\w+,\w+,[a-z_.]+,\d+,,,/);
  });

  it.each(['none.csv', 'none.parquet'])(
    'leaves no matrix of a stream without an event, nor replaces one: %s',
    (name) => {
      const out = pathOf(name);
      for (const input of ['', '{}\n']) expect(winnow(`features - --out ${out}`, input).status).not.toBe(0);
      expect(existsSync(out)).toBe(false);
      winnow(`features - --out ${out}`, streamText);
      const before = readFileSync(out);
      expect(winnow(`features - --out ${out}`, '').stderr).toContain('it is empty');
      expect(readFileSync(out).equals(before)).toBe(true);
    },
  );

  it('says how many lines have no row, and why', () => {
    const { status, stderr } = winnow('features - --out -', `${streamText}{}\n`);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^Wrote \d+ rows\.\n1 line left out:\n {2}1 EVENT_NOT_CLOUDEVENT: /);
  });

  it('tells of labels without an account, and of lines that are no event', () => {
    const rows = ['"acc,1",fake,x', 'acc_elsewhere,fake,x', 'acc_nowhere,genuine,y'];
    writeFileSync(pathOf('foreign.csv'), [labelsHeader, ...rows].join('\n'));
    const [first = ''] = streamText.split('\n');
    const event = JSON.stringify({ ...(JSON.parse(first) as object), subject: 'acc,1' });
    const { status, stdout, stderr } = winnow(
      `features - --labels ${pathOf('foreign.csv')} --out -`,
      `${event}\nno event\n`,
    );
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringMatching(
        /^Wrote 1 row\.\n1 line left out:[^]*\n2 labels are of accounts without an event here\.\n$/,
      ),
    });
    expect(stdout.split('\n')[5]).toMatch(/^"acc,1",\w+,[a-z_.]+,\d+,fake,x,/);
  });

  it('takes labels from the events themselves: rows of those accounts alone, none after the own label, of a range of time', async () => {
    const labelled = (subject: string, second: number, label: string) =>
      JSON.stringify({
        ...(JSON.parse(loginAt(subject, second)) as object),
        type: 'account.labelled',
        id: `l${second}`,
        data: { label, by: 'review' },
      });
    const lines = [
      loginAt('a', 1),
      loginAt('b', 1),
      loginAt('a', 2),
      labelled('a', 3, 'genuine'),
      loginAt('a', 4),
      labelled('a', 5, 'fake'),
      loginAt('c', 6),
    ];
    writeFileSync(pathOf('judged.ndjson'), lines.join('\n'));
    const words = `features ${pathOf('judged.ndjson')} --labels-of-events --labelled`;
    expect(winnow(`${words} --out ${pathOf('judged.csv')}`).stderr).toBe('Wrote 2 rows.\n');
    const { rows } = await readMatrix(pathOf('judged.csv'));
    expect(rows.map(({ eventId, label }) => [eventId, label])).toEqual([
      ['a1', 'fake'],
      ['a2', 'fake'],
    ]);
    const late = `${words} --from 2026-11-20T08:00:02Z --until 2026-11-20T08:00:04Z --out ${pathOf('late.csv')}`;
    expect(winnow(late).stderr).toBe('Wrote 1 row.\n');
    expect(winnow('features - --labels-of-events --out -', lines.join('\n'))).toMatchObject({
      status: 6,
      stderr: expect.stringContaining('reads the events twice'),
    });
    expect(winnow(`features --out ${pathOf('none.csv')}`)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--from-kafka'),
    });
  });

  it.each([
    ['nothing', '', 'it is empty'],
    ['CSV', 'account_id,email\nacc_1,a@b.c\n', 'none of its 2 lines is an event'],
    ['pretty-printed JSON', '{\n  "id": "1"\n}\n', 'jq -c .'],
    ['a JSON array', '[{"id":"1"}]', "jq -c '.[]'"],
    ['UTF-16', '\0{\0}\0\n', 'iconv -f UTF-16BE'],
  ])('refuses %s for events: code 6', (_, input, hint) => {
    const { status, stderr } = winnow('features - --out -', input);
    expect(status).toBe(6);
    expect(stderr).toContain(hint);
  });

  it('takes the platform’s own machines for nobody, as what serves does, and tells what it could not read', () => {
    writeFileSync(pathOf('own.yaml'), 'reference: { ownNetworks: ["203.0.113.0/24"] }');
    const input = [loginFrom('203.0.113.9'), loginFrom('95.56.234.10'), loginFrom('localhost')].join('\n');
    const { status, stderr } = winnow(`features - --config ${pathOf('own.yaml')} --out ${pathOf('own.csv')}`, input);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'Wrote 3 rows.\nEvents of which a member says nothing that can be read: context.ip in 2.\n',
    });
    expect(winnow(`features - --out ${pathOf('all.csv')}`, input).stderr).toContain('context.ip in 1.');
  });

  it('does not guess a format', () => {
    const { status, stderr } = winnow(`features - --out ${pathOf('matrix.pq')}`, '');
    expect(status).toBe(2);
    expect(stderr).toContain('.csv or .parquet');
  });

  it.each([
    ['the events are missing', () => `features ${pathOf('none.ndjson')} --out -`, 'INPUT_UNREADABLE'],
    ['the labels are none', () => `features - --labels ${pathOf('events.ndjson')} --out -`, 'LABELS_INVALID'],
    [
      'the matrix cannot be written as CSV',
      () => `features ${pathOf('events.ndjson')} --out ${pathOf('none/m.csv')}`,
      'OUTPUT_UNWRITABLE',
    ],
    [
      'the matrix cannot be written as Parquet',
      () => `features ${pathOf('events.ndjson')} --out ${pathOf('none/m.parquet')}`,
      'OUTPUT_UNWRITABLE',
    ],
  ])('says that %s: code 6', (_, line, code) => {
    const { status, stderr } = winnow(line(), '');
    expect(status).toBe(6);
    expect(stderr).toContain(`error: ${code} at `);
  });
});
