import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeDifference, describeFates } from './describe-fates.ts';
import { goldenReplay, loadGoldenParts, type GoldenParts } from './replay.ts';

/** Not the day on which it was recorded. */
const otherDay = Date.UTC(2041, 1, 3);

let parts: GoldenParts;
beforeAll(async () => {
  parts = await loadGoldenParts();
});
afterAll(() => parts.panel.close());

describe('the golden replay', () => {
  it('decides as decisions.txt says, whatever the day', async () => {
    const decisions = describeFates(await goldenReplay(parts, otherDay), parts.segments);
    const golden = readFileSync(new URL('decisions.txt', import.meta.url), 'utf8');
    const difference = describeDifference(golden, decisions);
    const advice = 'Decisions differ. Where that is meant: npm run golden, and review the difference of decisions.txt.';
    // The text in place of a list, so that a failure shows it whole.
    expect(difference.length === 0 ? '' : [advice, ...difference].join('\n')).toBe('');
  });
});

describe('the difference of two replays', () => {
  const former = [
    'accounts:honest:ordinary   allow 2',
    'one   acc_1   allow     0.0100',
    'two   acc_2   allow     0.0200',
    'three dead letter EVENT_EMPTY $',
    'four  silence',
  ].join('\n');

  it('is empty for equal ones', () => {
    expect(describeDifference(former, former)).toEqual([]);
  });

  it('begins with who got what and with other fates, and counts both kinds', () => {
    const current = former
      .replace('allow 2', 'allow 1')
      .replace('0.0100', '0.0110')
      .replace('acc_2   allow     0.0200', 'acc_2   block     0.9900  reasons A')
      .replace('four  silence\n', '')
      .concat('\nfive  silence');
    expect(describeDifference(former, current)).toEqual([
      '2 records have another fate; 1 the same with another score, rule or reason.',
      '- accounts:honest:ordinary   allow 2',
      '+ accounts:honest:ordinary   allow 1',
      '- two   acc_2   allow     0.0200',
      '+ two   acc_2   block     0.9900  reasons A',
      '+ five  silence',
      '- one   acc_1   allow     0.0100',
      '+ one   acc_1   allow     0.0110',
    ]);
  });

  it('is short', () => {
    const lines = Array.from({ length: 100 }, (_, at) => `event-${at} silence`).join('\n');
    expect(describeDifference('', lines, 10)).toHaveLength(12);
  });
});
