import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventKey } from '../../../src/domain/event.ts';
import { decisionId } from '../../../src/wire/decision-id.ts';

const event = { source: '/s', id: 'e1', type: 'account.login', timeMs: 5, subject: 'acc_1' } as const;
const [modelSha256, normsSha256, policySha256] = ['a'.repeat(64), 'd'.repeat(64), 'b'.repeat(64)];

function idOf(changes: Partial<Record<keyof typeof event, string | number>> = {}): string {
  return decisionId({ ...event, ...changes } as typeof event, modelSha256, normsSha256, policySha256, 'enforce');
}

describe('decisionId', () => {
  it('is the same for the same event, and has the form of the contract', () => {
    expect(idOf()).toBe(idOf());
    expect(idOf()).toMatch(/^dec_[0-9a-f]{32}$/);
  });

  it.each([{ subject: 'acc_2' }, { source: '/t' }, { id: 'e2' }, { type: 'account.signup' }, { timeMs: 6 }])(
    'is another one for another %o',
    (changes) => {
      expect(idOf(changes)).not.toBe(idOf());
    },
  );

  it('is another one for another model, policy or mode, and for other norms', () => {
    const ids = [
      idOf(),
      decisionId(event, 'c'.repeat(64), normsSha256, policySha256, 'enforce'),
      decisionId(event, modelSha256, 'c'.repeat(64), policySha256, 'enforce'),
      decisionId(event, modelSha256, null, policySha256, 'enforce'),
      decisionId(event, modelSha256, normsSha256, 'c'.repeat(64), 'enforce'),
      decisionId(event, modelSha256, normsSha256, policySha256, 'shadow'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('tells events apart whose parts are the same when they are put together', () => {
    const parts = fc.string({ unit: fc.constantFrom('a', '1', ':', ' ', '\\n'), maxLength: 4 });
    fc.assert(
      fc.property(fc.tuple(parts, parts, parts), fc.tuple(parts, parts, parts), (first, second) => {
        fc.pre(first.some((part, index) => part !== second[index]));
        const [one, other] = [first, second].map(([source, id, subject]) => ({ ...event, source, id, subject }));
        expect(idOf(one)).not.toBe(idOf(other));
        if (one!.source !== other!.source || one!.id !== other!.id) expect(eventKey(one!)).not.toBe(eventKey(other!));
      }),
      { numRuns: 2_000 },
    );
  });
});
