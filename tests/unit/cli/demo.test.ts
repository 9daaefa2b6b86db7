import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openInBrowser } from '../../browser/chromium.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { winnow } from './winnow.ts';

const pathOf = temporaryFolder();

describe('the demo', () => {
  let demo: ReturnType<typeof winnow>;
  beforeAll(() => {
    demo = winnow(`demo --accounts 300 --folder ${pathOf('out')}`);
  });

  it('ends with a page that a browser shows without a word of complaint', async (context) => {
    expect(demo).toMatchObject({ status: 0 });
    expect(demo.stdout).toContain(pathOf('out/report.html'));
    const { dom, console } = await openInBrowser(context, pathOf('out/report.html'));
    expect(console).toBe('');
    for (const heading of [
      'What to look at next',
      'What was decided, and why',
      'How good it is',
      'For whom',
      'Campaigns and groups',
      'What each rule and the model brought',
    ])
      expect(dom).toContain(`<h2>${heading}</h2>`);
    expect(dom.match(/<svg/g)!.length).toBeGreaterThan(4);
  });

  it('writes a page that loads nothing, runs nothing, and names no account', () => {
    const page = readFileSync(pathOf('out/report.html'), 'utf8');
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|src=|href=|acc_/);
  });
});
