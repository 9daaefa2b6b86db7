import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { labelsHeader, readLabels, writeLabels } from '../../../../src/adapters/file/labels.ts';
import { FailureError } from '../../../../src/domain/failure.ts';
import { temporaryFolder } from './folder.ts';

const pathOf = temporaryFolder();
let files = 0;

async function labelsOf(content: string) {
  const path = pathOf(`labels-${++files}.csv`);
  await writeFile(path, content);
  try {
    return { labels: Object.fromEntries(await readLabels(path)) };
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return { ...error.failure, path: error.failure.path?.replace(path, 'labels.csv') };
  }
}

describe('readLabels', () => {
  it.each([
    ['\n', true],
    ['\r\n', false],
  ])('reads who is who (%j)', async (end, hasFinalEnd) => {
    const lines = [labelsHeader, 'acc_1,fake,campaign:bulk-script:2', 'acc_2,genuine,', ''];
    expect(await labelsOf(lines.join(end) + (hasFinalEnd ? '' : end))).toEqual({
      labels: {
        acc_1: { label: 'fake', segment: 'campaign:bulk-script:2' },
        acc_2: { label: 'genuine', segment: '' },
      },
    });
  });

  it('reads what the page of a queue saves, and answers joined with the queue', async () => {
    expect(await labelsOf('account_id,label\nacc_1,fake')).toEqual({
      labels: { acc_1: { label: 'fake', segment: '' } },
    });
    expect(
      await labelsOf('account_id,stratum,probability,group,label\nacc_1,round1:score-p0,0.5,acc_1,genuine'),
    ).toEqual({
      labels: { acc_1: { label: 'genuine', segment: '' } },
    });
  });

  it('reads a file of a header and nothing else', async () => {
    expect(await labelsOf(labelsHeader)).toEqual({ labels: {} });
  });

  it.each([
    ['another header', 'account,label\nacc_1,fake', 1, /the header is not account_id,label,segment/],
    ['no header', 'acc_1,fake,x', 1, /the header/],
    ['nothing at all', '', 1, /the header/],
    ['too few fields', `${labelsHeader}\nacc_1,fake`, 2, /three fields/],
    ['too many fields', `${labelsHeader}\nacc_1,fake,x,y`, 2, /three fields/],
    ['another label', `${labelsHeader}\nacc_1,fake,x\nacc_2,bot,x`, 3, /one of fake, genuine/],
    ['a time that is none', 'account_id,label,labelled_at\nacc_1,fake,soon', 2, /labelled_at/],
    ['a time of no zone', 'account_id,label,labelled_at\nacc_1,fake,2026-11-24T04:36:51', 2, /labelled_at/],
    ['a time of the year 1', 'account_id,label,labelled_at\nacc_1,fake,0001-01-01T00:00:00Z', 2, /labelled_at/],
    ['a label in capitals', `${labelsHeader}\nacc_1,FAKE,x`, 2, /one of fake, genuine/],
    ['no account', `${labelsHeader}\n,fake,x`, 2, /account/],
    ['a quote that is not closed', `${labelsHeader}\n"acc_1,fake,x`, 2, /quote/],
    ['labels that contradict each other', `${labelsHeader}\na,fake,x\na,genuine,x`, 3, /another label/],
  ])('refuses %s, with the line', async (_, content, line, message) => {
    expect(await labelsOf(content)).toEqual({
      code: 'LABELS_INVALID',
      message: expect.stringMatching(message) as string,
      path: `labels.csv:${line}`,
    });
  });

  it('reads what a spreadsheet or a database writes: a mark before it, quotes around ids', async () => {
    const { labels } = await labelsOf(`\ufeff${labelsHeader}\r\n"acc_1",fake,x\r\n"a,""b""",genuine,"y,z"`);
    expect(labels).toEqual({
      acc_1: { label: 'fake', segment: 'x' },
      'a,"b"': { label: 'genuine', segment: 'y,z' },
    });
  });

  it('reads back whatever ids were written', async () => {
    const ids = ['plain', 'a,b', '"quoted"', 'two\nlines', 'café', ' spaced '];
    const path = pathOf('written.csv');
    await writeLabels(
      path,
      ids.map((accountId) => ({ accountId, label: 'fake', segment: `of ${accountId}` })),
    );
    expect(await readLabels(path)).toEqual(new Map(ids.map((id) => [id, { label: 'fake', segment: `of ${id}` }])));
  });

  it('says that there is no such file', async () => {
    await expect(readLabels(pathOf('none.csv'))).rejects.toMatchObject({
      failure: { code: 'INPUT_UNREADABLE', path: pathOf('none.csv') },
    });
  });
});
