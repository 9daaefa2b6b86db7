import type { Sample } from '../domain/decision.ts';
import { failed, success, type Result } from '../domain/failure.ts';
import type { WireDecision } from '../wire/decision-schema.ts';
import { parseTime } from '../wire/time.ts';
import type { ArchiveItem, DecisionFacts } from './item.ts';

type KeptDecision = Pick<Extract<ArchiveItem, { kind: 'decision' }>, 'accountId' | 'facts' | 'body'>;

/**
 * What a decision is to the archive. All of its members are kept, those too that this version does not know.
 * @param text as it travelled
 */
export function keptOfDecision(decision: WireDecision, text: string): Result<KeptDecision> {
  const facts = factsOf(decision);
  // No text of PostgreSQL takes it; what is sealed may hold it.
  if (text.includes(String.raw`\u0000`) && JSON.stringify(facts).includes(String.raw`\u0000`))
    return failed('ARCHIVE_RECORD_INVALID', 'A name holds the character NUL.');
  return success({ accountId: decision.subject, facts, body: text });
}

function factsOf({ id, time, data }: WireDecision): Omit<DecisionFacts, 'account'> {
  const { account, cause, trigger, model } = data;
  return {
    id,
    timeMs: parseTime(time),
    mode: data.mode,
    action: data.action,
    due: data.due ?? null,
    cause: cause.kind,
    saidBy: cause.kind === 'label' ? (cause.by ?? null) : null,
    eventType: trigger?.type ?? null,
    exists: account?.exists ?? null,
    createdMs: account?.created === undefined ? null : parseTime(account.created),
    reported: account?.reported ?? null,
    score: data.score,
    role: model.role,
    model: `${model.name} ${model.version}`,
    policy: data.policy.version,
    norms: data.norms?.version ?? null,
    rules: data.rules.map(nameOf),
    matched: (data.matched ?? []).map(nameOf),
    restrainedBy: (data.restrained_by ?? []).map(restraintOf),
    degraded: data.degraded ?? [],
    supersedes: data.supersedes ?? null,
    sample: data.sample === undefined ? null : sampleOf(data.sample),
    cohort: data.cohort ?? null,
  };
}

/**
 * Without the entry of a list: its hash may be that of the account itself, and this is kept when the account is forgotten. What is sealed has it.
 */
function restraintOf(by: string): string {
  return by.startsWith('list:') ? by.split(':', 2).join(':') : by;
}

function sampleOf({ kind, probability, of_any: ofAny }: NonNullable<WireDecision['data']['sample']>): Sample {
  return ofAny === undefined ? { kind, probability } : { kind, probability, ofAny };
}

function nameOf({ id, version }: { readonly id: string; readonly version: number }): string {
  return `${id}@${version}`;
}
