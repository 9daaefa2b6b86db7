import { readLabels } from '../../adapters/file/labels.ts';
import { recordsIn, type TopicRangeOptions } from '../../adapters/kafka/topic-range.ts';
import type { Label } from '../../domain/event.ts';
import type { IncomingRecord } from '../../ports.ts';
import type { WireDecision } from '../../wire/decision-schema.ts';
import { decodeDecision } from '../../wire/decode-decision.ts';
import { decodeEvent } from '../../wire/decode-event.ts';
import { decisionsOf } from '../decisions-file.ts';

/** A topic that is read whole. */
export interface PastTopic extends Pick<TopicRangeOptions, 'settings' | 'log' | 'clock'> {
  readonly topic: string;
}

/** What this version cannot read. */
export class UnreadRecord {
  /** Whom its key names; null where it names nobody, as of a damaged batch. */
  readonly account: string | null;

  constructor({ key }: IncomingRecord) {
    this.account = key === null ? null : Buffer.from(key).toString();
  }
}

/** The decisions of a file, or else of the topic, in the order of each account. Throws `FailureError`. */
export async function* pastDecisions(
  path: string | undefined,
  topic: PastTopic | null,
): AsyncGenerator<WireDecision | UnreadRecord> {
  if (path !== undefined) yield* decisionsOf(path);
  else if (topic !== null) for await (const record of recordsIn(topic.topic, topic)) yield decisionIn(record);
}

function decisionIn(record: IncomingRecord): WireDecision | UnreadRecord {
  const read = record.failure === undefined ? decodeDecision(record.value) : null;
  return read?.ok === true ? read.decision : new UnreadRecord(record);
}

/** What people said of accounts: in a file, and then in the topic. Throws `FailureError`. */
export async function* pastLabels(
  path: string | undefined,
  topic: PastTopic | null,
): AsyncGenerator<[account: string, Label] | UnreadRecord> {
  if (path !== undefined) for (const [account, { label }] of await readLabels(path)) yield [account, label];
  if (topic === null) return;
  for await (const record of recordsIn(topic.topic, topic)) {
    const read = record.failure === undefined ? decodeEvent(record) : null;
    if (read?.ok !== true) yield new UnreadRecord(record);
    else if (read.value.type === 'account.labelled') yield [read.value.subject, read.value.data.label];
  }
}
