import { expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { decodeDecision, parseDecision } from '../../../src/wire/decode-decision.ts';
import { exampleDecision } from '../../../src/wire/examples.ts';

const secret = 'acc_nobody_is_told';
const text = JSON.stringify({ ...exampleDecision, subject: secret });

it('a decision is read of its bytes, with the text as it travelled', () => {
  expect(decodeDecision(Buffer.from(text))).toEqual({
    ok: true,
    decision: { ...exampleDecision, subject: secret },
    text,
  });
});

it('members that only a later version knows are in the text, and not in what is read', () => {
  const later = ` ${JSON.stringify({ ...exampleDecision, later: { grade: 3 } })}`;
  expect(decodeDecision(Buffer.from(later))).toEqual({ ok: true, decision: exampleDecision, text: later });
});

it.each<[string, Uint8Array | null, object]>([
  ['without a value', null, { message: 'The record has no value.' }],
  ['of nothing', Buffer.alloc(0), { message: 'It is not JSON.' }],
  [
    'in Latin-1, where another character would make it another account',
    Buffer.from(text.replace('nobody', 'n\u{f6}body'), 'latin1'),
    { message: 'The value is not UTF-8.' },
  ],
  ['cut off', Buffer.from(text.slice(0, -1)), { message: 'It is not JSON.' }],
  [
    'longer than any',
    Buffer.alloc(limits.decisionBytesMax + 1, ' '),
    { message: `The value has ${limits.decisionBytesMax + 1} bytes; at most ${limits.decisionBytesMax} are allowed.` },
  ],
  ['that is null', Buffer.from('null'), { path: '$.' }],
  ['of a member that says nothing', Buffer.from(text.replace('"rules"', '"rulez"')), { path: '$.data.rules' }],
  [
    'of an action of nobody',
    Buffer.from(text.replace('"action":"review"', '"action":"erase"')),
    { path: '$.data.action' },
  ],
  [
    'of a cause that only a later version knows',
    Buffer.from(text.replace('"kind":"event"', '"kind":"weather"')),
    { path: '$.data.cause.kind' },
  ],
])('one %s is refused, and cites nothing', (_, value, expected) => {
  const read = decodeDecision(value);
  expect(read).toMatchObject({ ok: false, ...expected });
  expect(JSON.stringify(read)).not.toContain('body');
});

it('a line of a file is held to the same', () => {
  expect(parseDecision(text)).toMatchObject({ ok: true });
  expect(parseDecision('{"type":"account.decision","data":{"cause":{"kind":"event"}}}').ok).toBe(false);
  const long = `${text}${' '.repeat(limits.decisionBytesMax)}`;
  expect(parseDecision(long)).toEqual({
    ok: false,
    message: `The value has ${long.length} bytes; at most ${limits.decisionBytesMax} are allowed.`,
  });
});
