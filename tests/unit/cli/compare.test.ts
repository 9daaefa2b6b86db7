import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { labelsHeader } from '../../../src/adapters/file/labels.ts';
import { openInBrowser } from '../../browser/chromium.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { streamText, streamTruth, winnow } from './winnow.ts';

const pathOf = temporaryFolder();
const label = (accountId: string, said: string): string =>
  `${JSON.stringify({
    specversion: '1.0',
    id: `label ${accountId}`,
    source: '/people',
    type: 'account.labelled',
    subject: accountId,
    time: (JSON.parse(streamText.trimEnd().split('\n').at(-1)!) as { time: string }).time,
    data: { label: said, by: 'review' },
  })}\n`;
const judged = streamTruth.slice(0, 40);

describe('winnow compare', () => {
  beforeAll(() => {
    writeFileSync(pathOf('events.ndjson'), streamText + judged.map((one) => label(one.accountId, one.label)).join(''));
    const rows = streamTruth.map(({ accountId, label: said, segment }) => `${accountId},${said},${segment}`);
    writeFileSync(pathOf('labels.csv'), [labelsHeader, ...rows].join('\n'));
  });

  it('holds a policy against the same with its shadow rules, as a page that a browser shows without a word', async (context) => {
    const words = `--with-shadow-rules --labels ${pathOf('labels.csv')} --without-labels --out ${pathOf('page.html')}`;
    const compared = winnow(`compare ${pathOf('events.ndjson')} ${words}`);
    expect(compared).toMatchObject({ status: 0, stderr: '' });
    expect(compared.stdout).toMatch(/120 accounts of \d\.\d days, 120 of them labelled; labels in the stream kept out/);
    expect(compared.stdout).toContain('never fired');
    expect(compared.stdout).toMatch(/first {2}is uncalibrated: its score would block \d+ accounts, and blocks none/);
    expect(compared.stdout).toMatch(/challenge-solved-elsewhere: (may act|not yet: )/);
    const { dom, console } = await openInBrowser(context, pathOf('page.html'));
    expect(console).toBe('');
    expect(dom).toContain('May it act?');
    expect(dom).toContain('is uncalibrated');
    expect(dom.match(/<svg/g)!.length).toBeGreaterThan(3);
    expect(readFileSync(pathOf('page.html'), 'utf8')).not.toContain('<script');
  });

  it('refuses what cannot be read twice', () => {
    expect(winnow('compare - --with-shadow-rules', streamText).status).toBe(2);
    expect(winnow('compare').status).toBe(2);
  });
});
