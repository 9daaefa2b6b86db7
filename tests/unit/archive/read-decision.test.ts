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
