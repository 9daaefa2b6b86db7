import { describe, expect, it } from 'vitest';
import { describeFaults, inDocumentOrder } from '../../../src/policy/policy-fault.ts';

const fault = (line: number, column: number) => ({ line, column, message: 'Wrong.', remedy: 'Mend it.' });

describe('faults', () => {
  it('are one line each, which an editor can follow', () => {
    expect(describeFaults('policies/eu.yaml', [fault(3, 7), fault(12, 1)])).toBe(
      'policies/eu.yaml:3:7: Wrong. Mend it.\npolicies/eu.yaml:12:1: Wrong. Mend it.',
    );
  });

  it('come in the order of the document', () => {
    expect(inDocumentOrder([fault(2, 1), fault(1, 9), fault(1, 2)])).toEqual([fault(1, 2), fault(1, 9), fault(2, 1)]);
  });

  it('are told up to fifty, and then counted', () => {
    const lines = describeFaults(
      'p.yaml',
      Array.from({ length: 60 }, (_, index) => fault(index + 1, 1)),
    ).split('\n');
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toBe('p.yaml: and 10 more faults.');
  });
});
