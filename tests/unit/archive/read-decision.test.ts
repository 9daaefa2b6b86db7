import { expect, it } from 'vitest';
import { keptOfDecision } from '../../../src/archive/read-decision.ts';
import { parseDecision } from '../../../src/wire/decode-decision.ts';
import { decisionRecord, startMs } from '../../contract/archive-records.ts';

it('what is kept of a decision once its account is forgotten names no entry of a list: that may be the account', () => {
  const entry = '0123456789abcdef0123456789abcdef';
  const restrained_by = [`list:vip:account:${entry}`, 'governor:list:burnt:all:probation', 'kill-switch'];
  const { value } = decisionRecord({ account: 'acc_a', atMs: startMs, data: { due: 'block', restrained_by } });
  const kept = keptOf(String(value));
  expect(kept.facts.restrainedBy).toEqual(['list:vip', 'governor:list:burnt:all:probation', 'kill-switch']);
  expect(JSON.stringify(kept.facts)).not.toContain(entry);
  expect(kept.body).toContain(entry);
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
  const kept = keptOf(text);
  expect(kept.body).toBe(text);
  expect(kept.facts).toEqual(keptOf(String(value)).facts);
});

function keptOf(text: string) {
  const read = parseDecision(text);
  if (!read.ok) throw new Error(read.message);
  const kept = keptOfDecision(read.decision, text);
  if (!kept.ok) throw new Error(kept.failure.message);
  return kept.value;
}
