import assert from 'node:assert/strict';
import type { BatchReply, KnownReply } from '../../adapters/transparency-database/client.ts';
import { assertNever, FailureError } from '../../domain/failure.ts';
import { backoffMs } from '../../net/backoff.ts';
import { statementsMax, type Statement } from './statement.ts';

/** The database as the sender sees it. */
export interface StatementDesk {
  submit(statements: readonly Statement[]): Promise<BatchReply>;
  knows(puid: string): Promise<KnownReply>;
}

/** What became of a statement; kept before the next batch is sent. */
export interface StatementFate {
  readonly puid: string;
  readonly state: 'sent' | 'refused' | 'unknown-facts';
  /** JSON: its number there, what it says is wrong, or what is not known. */
  readonly answer: string;
}

export interface SendParts {
  readonly desk: StatementDesk;
  readonly keep: (fates: readonly StatementFate[]) => Promise<void>;
  readonly sleep: (waitMs: number) => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly onWait?: (why: string, waitMs: number) => void;
}

/** Waits in a row, without anything being taken, after which the command gives up: about a quarter of an hour. */
const waitsMax = 20;
const backoff = { initialMs: 1_000, maxMs: 60_000 };
/** For so long the database says of a statement that is on its way that it is there; it may still come to nothing. */
const lockMs = 31_000;

/**
 * Sends one batch and keeps what became of each statement.
 *
 * Each statement comes to be there once, whenever this ends and begins again: the database knows a statement by its `puid`, a function of
 * the decision, and refuses it a second time. What is refused as known counts as sent only when the database, asked for that one, has
 * it; a batch of which nobody knows whether it was taken is simply sent again.
 *
 * @throws FailureError `STATEMENTS_REFUSED` where the database takes nothing from us, `STATEMENTS_UNDELIVERED` where it does not answer.
 */
export async function sendBatch(batch: readonly Statement[], parts: SendParts): Promise<readonly StatementFate[]> {
  assert(batch.length > 0 && batch.length <= statementsMax, `a batch has 1 to ${statementsMax} statements`);
  const kept: StatementFate[] = [];
  const keep = async (fates: readonly StatementFate[]): Promise<void> => {
    await parts.keep(fates);
    kept.push(...fates);
    const done = new Set(fates.map(({ puid }) => puid));
    left = left.filter(({ puid }) => !done.has(puid));
  };
  let left = batch;
  for (let waits = 0; left.length > 0;) {
    const reply = await parts.desk.submit(left);
    const step = await stepAfter(reply, left, parts.desk);
    if (step.fates.length > 0) {
      await keep(step.fates);
      waits = 0;
    }
    if (step.trouble === undefined) continue;
    if (++waits >= waitsMax) give('STATEMENTS_UNDELIVERED', `${step.trouble.problem}, ${waits} times in a row`);
    // Who says that no wait is needed, and takes nothing all the same, would be asked as fast as the line is.
    const waitMs = Math.max(step.trouble.waitMs ?? 0, backoffMs(waits, backoff, parts.random()));
    parts.onWait?.(step.trouble.problem, waitMs);
    await parts.sleep(waitMs);
  }
  return kept;
}

interface Step {
  readonly fates: readonly StatementFate[];
  /** Why to wait before the next try; the time, where it is told. */
  readonly trouble?: { readonly problem: string; readonly waitMs?: number };
}

async function stepAfter(reply: BatchReply, sent: readonly Statement[], desk: StatementDesk): Promise<Step> {
  switch (reply.kind) {
    case 'taken':
      return { fates: sent.map(({ puid }, index) => sentFate(puid, { uuid: reply.uuids[index] })) };
    case 'faulty': {
      const fates = sent.flatMap(({ puid }, index): StatementFate[] => {
        const answer = reply.faults.get(index);
        return answer === undefined ? [] : [{ puid, state: 'refused', answer }];
      });
      // Faults of none that was sent: to send the same again would go on for ever.
      if (fates.length === 0) give('STATEMENTS_REFUSED', 'it finds faults in statements that were not sent');
      return { fates };
    }
    case 'known':
      return stepOfKnown(reply.puids, sent, desk);
    case 'busy':
      return { fates: [], trouble: { problem: 'it takes no more for now', waitMs: reply.waitMs } };
    case 'unavailable':
      return { fates: [], trouble: { problem: reply.problem } };
    case 'refused':
      return give('STATEMENTS_REFUSED', reply.problem);
    default:
      return assertNever(reply);
  }
}

/** Asks for each that is said to be known: one that is only on its way may still come to nothing. */
async function stepOfKnown(puids: readonly string[], sent: readonly Statement[], desk: StatementDesk): Promise<Step> {
  const named = sent.filter(({ puid }) => puids.includes(puid));
  const fates: StatementFate[] = [];
  for (const { puid } of named.length > 0 ? named : sent) {
    const reply = await desk.knows(puid);
    if (reply.kind === 'refused') give('STATEMENTS_REFUSED', reply.problem);
    if (reply.kind === 'busy') return { fates, trouble: { problem: 'it takes no more for now', waitMs: reply.waitMs } };
    if (reply.kind === 'unavailable') return { fates, trouble: { problem: reply.problem } };
    if (reply.isKnown) fates.push(sentFate(puid, { was: 'known' }));
  }
  if (fates.length > 0) return { fates };
  return { fates, trouble: { problem: 'statements are on their way already', waitMs: lockMs } };
}

function sentFate(puid: string, answer: object): StatementFate {
  return { puid, state: 'sent', answer: JSON.stringify(answer) };
}

function give(code: 'STATEMENTS_REFUSED' | 'STATEMENTS_UNDELIVERED', problem: string): never {
  throw new FailureError({ code, message: `The database of statements: ${problem}.` });
}
