import { describe, expect, it } from 'vitest';
import { describeProbation } from '../../../../src/cli/list/probation.ts';
import { governorDefaults } from '../../../../src/domain/governor.ts';
import { entryOf } from '../../lists/lists.ts';

const deny = (list: string) => entryOf({ list, kind: 'deny', type: 'account', value: 'acc_1' });

describe('what is said before a list stops anybody', () => {
  it('is how many it blocks while it is new, and by which command it blocks all', () => {
    expect(describeProbation([], [deny('burnt'), deny('burnt')], governorDefaults)).toBe(
      'burnt stops nobody yet: for 24 hours from its first block on, and anew where it goes beyond that, it is on probation, and blocks at most 5 accounts an hour (200 where many sign up); ' +
        'whom it hits beyond that is put up for review. You have looked at it? Then let it block all of them:\n' +
        '  winnow governor override --cause list:burnt --author … --reason … --until 24h\n',
    );
  });

  it('is nothing of a list that stops already, that lets through or watches, or where nobody is on probation', () => {
    const watch = entryOf({ list: 'eyes', kind: 'watch', type: 'account', value: 'acc_1' });
    expect(describeProbation([deny('burnt')], [deny('burnt'), watch], governorDefaults)).toBe('');
    expect(describeProbation([], [deny('burnt')], { ...governorDefaults, probationMs: 0 })).toBe('');
  });
});
