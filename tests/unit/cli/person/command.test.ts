import { describe, expect, it } from 'vitest';
import { commandId, commandTime, labelOf, type PersonCommand } from '../../../../src/cli/person/command.ts';
import { decodeEvent } from '../../../../src/wire/decode-event.ts';

const timeMs = Date.UTC(2026, 10, 28, 8, 15, 0, 7);
const command: PersonCommand = {
  id: commandId('lift', timeMs, { rule: 'bad' }),
  timeMs,
  label: 'genuine',
  by: 'operator',
  author: 'anna',
  reason: 'blocked a school',
};

describe('a command', () => {
  it('has an id that tells what it is, when it was given, and what it is about', () => {
    expect(command.id).toMatch(/^lift-20261128T081500007Z-[0-9a-f]{8}$/);
    expect(commandId('lift', timeMs, { rule: 'bad' })).toBe(command.id);
    expect(commandId('lift', timeMs, { rule: 'other' })).not.toBe(command.id);
    expect(commandTime(command.id, 'lift')).toBe(timeMs);
    expect(commandTime(command.id, 'block')).toBeUndefined();
    expect(commandTime('lift-yesterday', 'lift')).toBeUndefined();
  });

  it('writes labels that are events of the contract, the same whenever it is given', () => {
    const account = { accountId: 'acc_1', decisionId: `dec_${'a'.repeat(32)}` };
    const text = labelOf(command, account);
    expect(labelOf({ ...command }, account)).toBe(text);
    const decoded = decodeEvent({ offset: 0, key: null, value: Buffer.from(text), headers: [], timestampMs: 0 });
    expect(decoded).toMatchObject({
      ok: true,
      value: {
        type: 'account.labelled',
        subject: 'acc_1',
        timeMs,
        malformed: [],
        data: {
          label: 'genuine',
          by: 'operator',
          author: 'anna',
          reason: 'blocked a school',
          decision: account.decisionId,
        },
      },
    });
    const asked = JSON.parse(labelOf({ ...command, askedMs: timeMs - 1 }, account)) as { data: object };
    expect(asked.data).toMatchObject({ asked_at: new Date(timeMs - 1).toISOString() });
    const { id } = JSON.parse(labelOf(command, { accountId: 'acc_2', decisionId: undefined })) as { id: string };
    expect(text).not.toContain(id);
  });
});
