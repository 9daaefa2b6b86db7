import { describe, expect, it } from 'vitest';
import { composeDecisions, decisionRecord, type BatchVersions } from '../../../src/steps/compose-decisions.ts';
import { encodeDecision } from '../../../src/wire/encode-decision.ts';
import type { EmittedVerdict } from '../../../src/steps/decide-batch.ts';
import { batchOf, enrichedOf, loginOf, model, policyOf, startMs } from './events.ts';

const policy = policyOf({ id: 'fast-form', version: 4, when: 'form_ms < 4000', then: 'review' });
const versions: BatchVersions = {
  policy: { version: policy.version, sha256: policy.sha256 },
  normsOf: () => ({ version: '2026-11-24-00000000', sha256: 'd'.repeat(64) }),
  nowMs: startMs + 7,
  accountOf: (row) => ({ exists: true, createdMs: startMs - row, reported: false }),
};
const batch = { ...batchOf([]), topic: 'events', partition: 5 };
const enriched = enrichedOf([loginOf('acc_1'), loginOf('acc_2', { id: 'e-2', timeMs: startMs + 60_000 })]);
const verdict = {
  due: 'review',
  restrained: undefined,
  action: 'review',
  changed: true,
  renewed: false,
  scoreAction: 'allow',
  decisiveRules: policy.rules,
} as const;
const emitted: EmittedVerdict = {
  model: { ...model, role: 'champion' },
  row: 1,
  id: 'dec_1',
  cause: { kind: 'event' },
  verdict,
  rules: policy.rules,
  matched: [],
  supersedes: undefined,
  degraded: [],
};
const reasons = [{ code: 'FAST_FORM', text: 'It is so', contribution: 1 }];

describe('composeDecisions', () => {
  it('writes a verdict out with all that it rests on', () => {
    const scores = Float32Array.of(0.25, 0.75);
    expect(composeDecisions([emitted], [reasons], scores, enriched, batch, versions)).toEqual([
      {
        id: 'dec_1',
        subject: 'acc_2',
        timeMs: startMs + 7,
        action: 'review',
        score: 0.75,
        mode: 'enforce',
        cause: { kind: 'event' },
        reasons,
        rules: [{ id: 'fast-form', version: 4 }],
        trigger: { eventId: 'e-2', type: 'account.login', topic: 'events', partition: 5, offset: 101 },
        model: { ...model, role: 'champion' },
        policy: versions.policy,
        norms: versions.normsOf('champion'),
        degraded: [],
        account: { exists: true, createdMs: startMs - 1, reported: false },
      },
    ]);
  });

  it('names what it replaces, where there is something', () => {
    const [decision] = composeDecisions(
      [{ ...emitted, supersedes: 'dec_0' }],
      [reasons],
      null,
      enriched,
      batch,
      versions,
    );
    expect(decision!.supersedes).toBe('dec_0');
  });

  it('has no score where no model spoke, and says what was missing', () => {
    const degraded = ['store', 'model'] as const;
    const [decision] = composeDecisions([{ ...emitted, degraded }], [[]], null, enriched, batch, versions);
    expect(decision).toMatchObject({ score: null, degraded });
  });

  it('says what was asked for and what held it back', () => {
    const restrained = { asked: 'block', by: ['degraded'] } as const;
    const [decision] = composeDecisions(
      [{ ...emitted, verdict: { ...verdict, restrained } }],
      [reasons],
      null,
      enriched,
      batch,
      versions,
    );
    expect(decision).toMatchObject({ action: 'review', due: 'block', restrainedBy: ['degraded'] });
  });

  it('is dated by its event where there is no clock', () => {
    const [decision] = composeDecisions([emitted], [[]], null, enriched, batch, { ...versions, nowMs: null });
    expect(decision!.timeMs).toBe(startMs + 60_000);
  });

  it('keeps the order of verdicts and their reasons', () => {
    const other = { ...emitted, row: 0, id: 'dec_2' };
    const decisions = composeDecisions([emitted, other], [reasons, []], null, enriched, batch, versions);
    expect(decisions.map(({ id, subject, reasons: own }) => [id, subject, own.length])).toEqual([
      ['dec_1', 'acc_2', 1],
      ['dec_2', 'acc_1', 0],
    ]);
  });
});

describe('decisionRecord', () => {
  it('is keyed by the account, and is a CloudEvent in structured mode', () => {
    const [decision] = composeDecisions([emitted], [reasons], null, enriched, batch, versions);
    const source = { topic: 'events', partition: 5, offset: 101 };
    expect(decisionRecord(decision!, source)).toEqual({
      key: 'acc_2',
      value: encodeDecision(decision!),
      headers: [{ name: 'content-type', value: 'application/cloudevents+json; charset=UTF-8' }],
      source,
    });
  });
});
