import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Figures } from '../../../src/evaluation/estimates/figures.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { streamText, streamTruth, winnow } from './winnow.ts';

const pathOf = temporaryFolder();
const shipped = readFileSync(new URL('../../../src/policy/default-policy.yaml', import.meta.url), 'utf8');
/** Half of all, and a tenth of those that would be blocked, so that a small stream has samples. */
const samples = `
samples:
  hold_out: [{ from: 0, probability: 0.1 }]
  audit: [{ from: 0, probability: 0.5 }]
`;

describe('from samples to figures', () => {
  beforeAll(() => {
    writeFileSync(pathOf('events.ndjson'), streamText);
    writeFileSync(pathOf('policy.yaml'), shipped + samples);
    winnow(`replay ${pathOf('events.ndjson')} --policy ${pathOf('policy.yaml')} --out ${pathOf('decisions.ndjson')}`);
  });

  it('who was drawn is put up for review, without score, action or reasons, and what people say becomes figures', () => {
    const words = `--samples ${pathOf('decisions.ndjson')} --policy ${pathOf('policy.yaml')}`;
    const out = `--out ${pathOf('queue.csv')} --out ${pathOf('queue.html')}`;
    expect(winnow(`queue ${pathOf('events.ndjson')} ${words} ${out}`)).toMatchObject({ status: 0 });

    const [, ...rows] = readFileSync(pathOf('queue.csv'), 'utf8').trimEnd().split('\n');
    const drawn = rows.map((row) => row.split(',')[0]!);
    const page = readFileSync(pathOf('queue.html'), 'utf8');
    expect(page.match(/<article>/g)).toHaveLength(drawn.length);
    for (const word of ['hold-out', 'audit', 'block', 'dec_']) expect(page).not.toContain(word);

    const known = new Map(streamTruth.map(({ accountId, label }) => [accountId, label]));
    const answers = drawn.map((accountId) => `${accountId},${known.get(accountId)}`);
    writeFileSync(pathOf('answers.csv'), ['account_id,label', ...answers].join('\n'));
    const shown = winnow(
      `estimates show ${pathOf('decisions.ndjson')} --answers ${pathOf('answers.csv')} --queue ${pathOf('queue.csv')} --policy ${pathOf('policy.yaml')} --json`,
    );
    expect(shown).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(pathOf('other.csv'), readFileSync(pathOf('queue.csv'), 'utf8').split('\n').slice(0, 2).join('\n'));
    const others = `--answers ${pathOf('answers.csv')} --queue ${pathOf('other.csv')} --policy ${pathOf('policy.yaml')}`;
    expect(winnow(`estimates show ${pathOf('decisions.ndjson')} ${others}`)).toMatchObject({
      status: 0,
      stderr: expect.stringContaining(`Warning: ${drawn.length - 1} judged accounts are not in `) as string,
    });
    const figures = JSON.parse(shown.stdout) as Figures;
    expect(figures).toMatchObject({ drawn: drawn.length, judged: drawn.length, prevalence: { kind: 'estimated' } });
    const fakes = [...known.values()].filter((label) => label === 'fake').length / known.size;
    if (figures.prevalence.kind === 'estimated') {
      expect(figures.prevalence.low).toBeLessThan(fakes);
      expect(figures.prevalence.high).toBeGreaterThan(fakes);
    }
  });

  it('few answers say that they are not enough, and decisions without samples have nobody to ask about', () => {
    writeFileSync(pathOf('few.csv'), 'account_id,label\n');
    const words = `--answers ${pathOf('few.csv')} --policy ${pathOf('policy.yaml')}`;
    expect(winnow(`estimates show ${pathOf('decisions.ndjson')} ${words}`)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/fake +not enough labels/),
    });
    writeFileSync(pathOf('none.ndjson'), '');
    const out = `--samples ${pathOf('none.ndjson')} --out ${pathOf('x.csv')}`;
    expect(winnow(`queue ${pathOf('events.ndjson')} ${out}`)).toMatchObject({
      status: 6,
      stderr: expect.stringContaining('none of its accounts is in a sample'),
    });
  });

  it('the policy says how many it lets through at most, and in which order its bands stand', () => {
    expect(winnow(`check-policy ${pathOf('policy.yaml')}`)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('at most 10.0 % of those that would be blocked are let through'),
    });
    const faulty =
      'samples: { period: 1h, hold_out: [{ from: 0.9, probability: 0.2 }, { from: 0.5, probability: 0 }] }';
    writeFileSync(pathOf('faulty.yaml'), `${shipped}\n${faulty}\n`);
    const { status, stderr } = winnow(`check-policy ${pathOf('faulty.yaml')}`);
    expect(status).not.toBe(0);
    expect(stderr).toContain('samples.period cannot be "1h"');
    expect(stderr).toContain('probability is 0.2, above 0.1');
    expect(stderr).toContain('The band from 0.5 comes behind the one from 0.9');
  });
});
