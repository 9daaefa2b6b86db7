import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openInBrowser } from '../../browser/chromium.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { streamText, streamTruth, winnow } from './winnow.ts';

const pathOf = temporaryFolder();

interface Row {
  readonly accountId: string;
  readonly stratum: string;
  readonly probability: number;
}

function queueOf(path: string): Row[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(header).toBe('account_id,stratum,probability,group');
  return lines.map((line) => {
    const [accountId, stratum, probability] = line.split(',') as [string, string, string];
    return { accountId, stratum, probability: Number(probability) };
  });
}

describe('winnow queue', () => {
  let drawn: ReturnType<typeof winnow>;
  beforeAll(() => {
    writeFileSync(pathOf('events.ndjson'), streamText);
    const out = `--out ${pathOf('queue.csv')} --out ${pathOf('queue.html')}`;
    drawn = winnow(`queue ${pathOf('events.ndjson')} --count 40 --seed 3 ${out}`);
  });

  it('draws accounts of the stream, each with the probability of being drawn', () => {
    expect(drawn).toMatchObject({ status: 0, stderr: expect.stringMatching(/^Drew 40 of 1\d\d accounts:\n/) });
    const known = new Set(streamTruth.map(({ accountId }) => accountId));
    const queue = queueOf(pathOf('queue.csv'));
    expect(new Set(queue.map(({ accountId }) => accountId)).size).toBe(40);
    for (const { accountId, probability } of queue) {
      expect(known).toContain(accountId);
      expect(probability).toBeGreaterThan(0);
      expect(probability).toBeLessThanOrEqual(1);
    }
  });

  it('asks nobody again in a second round', () => {
    const answers = queueOf(pathOf('queue.csv')).map(({ accountId }) => `${accountId},genuine`);
    writeFileSync(pathOf('answers.csv'), ['account_id,label', ...answers].join('\n'));
    const former = new Set(queueOf(pathOf('queue.csv')).map(({ accountId }) => accountId));
    const words = `--labels ${pathOf('answers.csv')} --out ${pathOf('second.csv')}`;
    expect(winnow(`queue ${pathOf('events.ndjson')} --count 30 --seed 3 ${words}`).status).toBe(0);
    for (const { accountId, stratum } of queueOf(pathOf('second.csv'))) {
      expect(former).not.toContain(accountId);
      expect(stratum).toMatch(/^round2:/);
    }
  });

  it('shows reviewers a page that a browser runs without a word of complaint, and that counts their answers', async (context) => {
    const { dom, console } = await openInBrowser(context, pathOf('queue.html'));
    expect(console).toBe('');
    expect(dom.match(/<article>/g)).toHaveLength(40);
    expect(dom).toContain('Save 0 answers');
    expect(dom).not.toMatch(/score-p|https?:\/\/[^ "]+\.js/);
  });

  it('refuses a page of standard input, and a file that is neither', () => {
    expect(winnow(`queue - --count 40 --out ${pathOf('x.html')}`, streamText)).toMatchObject({
      status: 6,
      stderr: expect.stringContaining('needs the events twice'),
    });
    expect(winnow(`queue - --count 40 --out ${pathOf('x.txt')}`, streamText).status).toBe(2);
  });
});
