import assert from 'node:assert/strict';
import type { Cause, Decision, KnownAccount, Reason, Sample, Trigger } from '../domain/decision.ts';
import type { WireDecision } from './decision-schema.ts';

/**
 * A decision as JSON. The object that is written has the schema's own type, so the two agree by compilation. (A hand-made
 * template makes its string in half the time, but as a rope, which costs most of the difference again when it becomes bytes.)
 *
 * Numbers are rounded, to the same text on every machine: score and values to 6 decimals (a float32 probability has no more
 * that mean anything), contributions to 4.
 */

type WireReason = WireDecision['data']['reasons'][number];

const scoreScale = 1e6;
const valueScale = 1e6;
const contributionScale = 1e4;
/** From here on a number times its scale may leave the exact integers, and has no such decimals to lose. */
const roundableMax = 1e9;

/**
 * The value of a record on the decision topics. The same decision gives the same text. `score` and `contribution` must be finite;
 * a reason's value that is not finite is not known, and left out.
 */
export function encodeDecision(decision: Decision): string {
  return JSON.stringify(toWire(decision));
}

function toWire(decision: Decision): WireDecision {
  const { id, subject, timeMs, action, score, mode, cause, reasons, rules, model, policy, degraded } = decision;
  const data: WireDecision['data'] = {
    action,
    score: score === null ? null : round(score, scoreScale),
    mode,
    cause: causeToWire(cause),
    reasons: reasons.map(reasonToWire),
    rules: rules.map((rule) => ({ id: rule.id, version: rule.version })),
    model: { name: model.name, version: model.version, sha256: model.sha256, role: model.role },
    policy: { version: policy.version, sha256: policy.sha256 },
  };
  addOptional(data, decision);
  if (degraded.length > 0) data.degraded = [...degraded];
  const time = writeTime(timeMs);
  const { traceparent } = decision;
  if (traceparent === undefined)
    return { specversion: '1.0', type: 'account.decision', source: 'winnow', id, subject, time, data };
  return { specversion: '1.0', type: 'account.decision', source: 'winnow', id, subject, time, traceparent, data };
}

/** Assigned, since spreading an optional part costs more than the rest of the object. */
function addOptional(data: WireDecision['data'], decision: Decision): void {
  const { trigger, account, due, restrainedBy, matched, listed, norms, supersedes, sample, cohort } = decision;
  if (trigger !== undefined) data.trigger = triggerToWire(trigger);
  if (account !== undefined) data.account = accountToWire(account);
  if (due !== undefined) data.due = due;
  if (restrainedBy !== undefined && restrainedBy.length > 0) data.restrained_by = [...restrainedBy];
  if (matched !== undefined) {
    data.matched = matched.map(({ id, version, isShadow }) =>
      isShadow ? { id, version, shadow: true } : { id, version },
    );
  }
  if (listed !== undefined) data.listed = listed.map(({ list, kind, type, entry }) => ({ list, kind, type, entry }));
  if (norms !== undefined) data.norms = { version: norms.version, sha256: norms.sha256 };
  if (supersedes !== undefined) data.supersedes = supersedes;
  if (sample !== undefined) data.sample = sampleToWire(sample);
  if (cohort !== undefined) data.cohort = cohort;
}

function sampleToWire({ kind, probability, ofAny }: Sample): NonNullable<WireDecision['data']['sample']> {
  return ofAny === undefined ? { kind, probability } : { kind, probability, of_any: ofAny };
}

function causeToWire(cause: Cause): WireDecision['data']['cause'] {
  switch (cause.kind) {
    case 'label': {
      const { eventId, by, decision } = cause;
      return { kind: 'label', event_id: eventId, by, ...(decision === undefined ? {} : { decision }) };
    }
    case 'erasure':
      return { kind: 'erasure', event_id: cause.eventId };
    default:
      return cause;
  }
}

function reasonToWire({ code, text, publicText, dsa, feature, value, contribution }: Reason): WireReason {
  const reason: WireReason = { code, text, contribution: round(contribution, contributionScale) };
  if (publicText !== undefined) reason.public_text = publicText;
  if (dsa !== undefined) reason.dsa = { category: dsa.category, keyword: dsa.keyword };
  if (feature !== undefined) reason.feature = feature;
  if (value !== undefined && Number.isFinite(value)) reason.value = round(value, valueScale);
  return reason;
}

function triggerToWire({
  eventId,
  type,
  topic,
  partition,
  offset,
}: Trigger): NonNullable<WireDecision['data']['trigger']> {
  return { event_id: eventId, type, topic, partition, offset: String(offset) };
}

function accountToWire({ exists, createdMs, reported }: KnownAccount): NonNullable<WireDecision['data']['account']> {
  const account: NonNullable<WireDecision['data']['account']> = {};
  if (exists !== undefined) account.exists = exists;
  if (createdMs !== undefined) account.created = new Date(createdMs).toISOString();
  if (reported !== undefined) account.reported = reported;
  return account;
}

function round(value: number, scale: number): number {
  assert(Number.isFinite(value), 'JSON has no such number');
  return Math.abs(value) >= roundableMax ? value : Math.round(value * scale) / scale;
}

/** The decisions of a batch share their time, and writing it is a fifth of the cost of a decision: the last one is kept. */
let lastTimeMs = Number.NaN;
let lastTime = '';

function writeTime(timeMs: number): string {
  if (timeMs !== lastTimeMs) {
    lastTime = new Date(timeMs).toISOString();
    lastTimeMs = timeMs;
  }
  return lastTime;
}
