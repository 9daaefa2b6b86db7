import { expect, it } from 'vitest';
import { readDecision } from '../../../src/archive/read-decision.ts';
import { decisionRecord, startMs } from '../../contract/archive-records.ts';

it('what is kept of a decision once its account is forgotten names no entry of a list: that may be the account', () => {
  const entry = '0123456789abcdef0123456789abcdef';
  const restrained_by = [`list:vip:account:${entry}`, 'governor:list:burnt:all:probation', 'kill-switch'];
  const { value } = decisionRecord({ account: 'acc_a', atMs: startMs, data: { due: 'block', restrained_by } });
  const read = readDecision(JSON.parse(String(value)));
  if (!read.ok) throw new Error(read.failure.message);
  expect(read.value.facts.restrainedBy).toEqual(['list:vip', 'governor:list:burnt:all:probation', 'kill-switch']);
  expect(JSON.stringify(read.value.facts)).not.toContain(entry);
  expect(read.value.body).toContain(entry);
});

it('a decision with members that only a later version knows is kept whole, as it travelled', () => {
  const { value } = decisionRecord({ account: 'acc_a', atMs: startMs });
  const decision = JSON.parse(String(value)) as { data: { model: object } };
  const later = {
    ...decision,
    laterextension: 'x',
    data: { ...decision.data, later: { grade: 3 }, model: { ...decision.data.model, later: 1 } },
  };
  const text = `  ${JSON.stringify(later)}`;
  const read = readDecision(JSON.parse(text), text);
  if (!read.ok) throw new Error(read.failure.message);
  expect(read.value.body).toBe(text);
  expect(read.value.facts).toEqual(factsOf(decision));
});

function factsOf(decision: unknown) {
  const read = readDecision(decision);
  return read.ok ? read.value.facts : read.failure;
}
