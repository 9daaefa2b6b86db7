import { AssertionError } from 'node:assert';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/domain/decision.ts';
import { decisionSchema } from '../../../src/wire/decision-schema.ts';
import { encodeDecision } from '../../../src/wire/encode-decision.ts';
import { exampleDecision } from '../../../src/wire/examples.ts';

const { data } = exampleDecision;

/** What `exampleDecision` is made of. */
const decision: Decision = {
  id: exampleDecision.id,
  subject: exampleDecision.subject,
  timeMs: Date.parse(exampleDecision.time),
  action: data.action,
  score: data.score,
  mode: data.mode,
  cause: { kind: 'event' },
  due: data.due!,
  restrainedBy: data.restrained_by!,
  reasons: data.reasons.map(({ public_text: publicText, ...reason }) => ({ ...reason, publicText: publicText! })),
  rules: data.rules,
  matched: data.matched!.map(({ id, version, shadow }) => ({ id, version, isShadow: shadow === true })),
  trigger: {
    eventId: data.trigger!.event_id,
    type: data.trigger!.type,
    topic: data.trigger!.topic,
    partition: data.trigger!.partition,
    offset: Number(data.trigger!.offset),
  },
  model: data.model,
  policy: data.policy,
  account: { exists: true, createdMs: Date.parse(data.account!.created!), reported: false },
  supersedes: data.supersedes!,
  norms: data.norms!,
  sample: data.sample!,
  cohort: data.cohort!,
  degraded: ['store'],
};

function encoded(changes: Partial<Decision>): typeof exampleDecision {
  return decisionSchema.parse(JSON.parse(encodeDecision({ ...decision, ...changes })));
}

function encodedReason(changes: object): object {
  return encoded({ reasons: [{ code: 'C', text: 't', contribution: 1, ...changes }] }).data.reasons[0]!;
}

describe('encodeDecision', () => {
  it('writes the decision of the contract', () => {
    expect(JSON.parse(encodeDecision(decision))).toEqual(exampleDecision);
  });

  it('leaves out what there is not', () => {
    const { id, subject, timeMs, action, score, mode, cause, reasons, rules, model, policy } = decision;
    const trigger = decision.trigger!;
    const first = { id, subject, timeMs, action, score, mode, cause, reasons, rules, trigger, model, policy };
    const { data: written } = decisionSchema.parse(JSON.parse(encodeDecision({ ...first, degraded: [] })));
    expect(Object.keys(written)).toEqual([
      'action',
      'score',
      'mode',
      'cause',
      'reasons',
      'rules',
      'trigger',
      'model',
      'policy',
    ]);
  });

  it.each<[Decision['cause'], object]>([
    [{ kind: 'event' }, { kind: 'event' }],
    [
      { kind: 'label', eventId: 'e1', by: 'appeal' },
      { kind: 'label', event_id: 'e1', by: 'appeal' },
    ],
    [
      { kind: 'erasure', eventId: 'e1' },
      { kind: 'erasure', event_id: 'e1' },
    ],
    [
      { kind: 'list', list: 'allowed', entry: '9f86d081' },
      { kind: 'list', list: 'allowed', entry: '9f86d081' },
    ],
    [
      { kind: 'group', cohort: 'coh_1', verdict: 'v1' },
      { kind: 'group', cohort: 'coh_1', verdict: 'v1' },
    ],
    [
      { kind: 'governor', subject: 'model' },
      { kind: 'governor', subject: 'model' },
    ],
    [
      { kind: 'operator', command: 'c1' },
      { kind: 'operator', command: 'c1' },
    ],
  ])('says what the cause was: %o', (cause, expected) => {
    expect(encoded({ cause }).data.cause).toEqual(expected);
  });

  it('says null for the score where no model spoke', () => {
    expect(encoded({ score: null }).data.score).toBeNull();
  });

  it.each([
    ['a score', 0.123_456_789, 0.123_457],
    ['a float32', Math.fround(0.9731), 0.9731],
    ['0', 0, 0],
    ['1', 1, 1],
  ])('rounds %s to 6 decimals', (_, score, expected) => {
    expect(encoded({ score }).data.score).toBe(expected);
  });

  it.each([
    ['a count', 27, 27],
    ['a share', Math.fround(1 / 3), 0.333_333],
    ['a negative number', -0.1234567, -0.123_457],
    ['a number too large for decimals', 1.5e300, 1.5e300],
  ])('writes %s as value', (_, value, expected) => {
    expect(encodedReason({ value })).toMatchObject({ value: expected });
  });

  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
  ])('leaves out a value that is %s', (_, value) => {
    expect(encodedReason({ value })).not.toHaveProperty('value');
  });

  it('rounds contributions to 4 decimals', () => {
    expect(encodedReason({ contribution: 0.312_345 })).toMatchObject({ contribution: 0.3123 });
  });

  it('leaves out the feature of a reason that has none', () => {
    expect(encodedReason({})).toEqual({ code: 'C', text: 't', contribution: 1 });
  });

  it('keeps an offset beyond 32 bits', () => {
    expect(encoded({ trigger: { ...decision.trigger!, offset: 2 ** 53 - 1 } }).data.trigger!.offset).toBe(
      '9007199254740991',
    );
  });

  it('writes the time of each decision, whatever the one before had', () => {
    const times = [0, 0, 1_500, 0].map((timeMs) => encoded({ timeMs }).time);
    expect(times).toEqual([
      '1970-01-01T00:00:00.000Z',
      '1970-01-01T00:00:00.000Z',
      '1970-01-01T00:00:01.500Z',
      '1970-01-01T00:00:00.000Z',
    ]);
  });

  it('takes a score that is no number for an error of the program', () => {
    expect(() => encodeDecision({ ...decision, score: Number.NaN })).toThrow(AssertionError);
  });
});
