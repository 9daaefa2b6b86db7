import { describe, expect, it } from 'vitest';
import { needsOf } from '../../../../src/adapters/kafka/rights.ts';

const names = { events: 'in', decisions: 'out', deadLetters: 'dead' };

describe('what a processor needs of its topics', () => {
  it('is to read what comes and to write what goes', () => {
    expect(needsOf(names)).toEqual([
      { topic: 'in', operation: 'Read' },
      { topic: 'out', operation: 'Write' },
      { topic: 'dead', operation: 'Write' },
    ]);
  });

  it('is both where members tell each other something, and nothing of what is the archive’s', () => {
    const more = needsOf({ ...names, labels: 'labels', lists: 'lists', verdicts: 'verdicts', audit: 'audit' });
    expect(more.slice(1, -2)).toEqual([
      { topic: 'labels', operation: 'Read' },
      { topic: 'lists', operation: 'Read' },
      { topic: 'verdicts', operation: 'Read' },
      { topic: 'verdicts', operation: 'Write' },
    ]);
  });
});
