import { sendBatch, type SendParts, type StatementFate } from './send-statements.ts';
import type { PlatformFacts } from '../platform-facts.ts';
import { readTurns } from '../read-turns.ts';
import type { ReportRecord, TimeRange } from '../record.ts';
import type { Restriction } from '../restrictions.ts';
import { isWithin } from '../period.ts';
import { buildStatement, type BuiltStatement, type DecisionWords, type UnknownFact } from './build-statement.ts';
import { statementsMax, type Statement } from './statement.ts';

/** What a run needs of the archive. */
export interface StatementArchive extends ReportRecord {
  /** The words of decisions, those that are there and not forgotten. */
  wordsOf(decisionIds: readonly string[]): Promise<ReadonlyMap<string, DecisionWords & { readonly accountId: string }>>;
  /** Decisions whose statement the database has. */
  sent(): Promise<ReadonlySet<string>>;
  keep(fates: readonly StatementFate[]): Promise<void>;
}

/** A decision that needs a statement, and for which something is not known. */
export interface IncompleteStatement {
  readonly decision: string;
  /** Empty where the decision's account is not known. */
  readonly accountId: string;
  readonly unknown: readonly UnknownFact[];
}

export interface PlannedStatements {
  /** Restrictions of the range that have no statement yet. */
  readonly due: readonly Restriction[];
  /** Those of which is not known whether there was an account. */
  readonly unknownAccounts: readonly Restriction[];
  /** Signups that never became accounts: no statement. */
  readonly refusedAtCreation: number;
  /** Of accounts that were forgotten before there was a statement. */
  readonly forgotten: number;
  readonly alreadySent: number;
}

/** Which statements are due. Pure but for reading. */
export async function planStatements(
  archive: Pick<StatementArchive, 'decisions' | 'words' | 'sent'>,
  range: TimeRange,
  facts: Pick<PlatformFacts, 'restricting'>,
): Promise<PlannedStatements> {
  const sent = await archive.sent();
  const due: Restriction[] = [];
  const unknownAccounts: Restriction[] = [];
  let [refusedAtCreation, forgotten, alreadySent] = [0, 0, 0];
  await readTurns(archive, range.untilMs, facts.restricting, (turn) => {
    if (!isWithin(range, turn.timeMs)) return;
    if (turn.kind === 'refused-at-creation') refusedAtCreation++;
    else if (turn.kind === 'imposed' || turn.kind === 'unknown-account') {
      if (sent.has(turn.restriction.decision)) alreadySent++;
      else if (turn.restriction.account === null) forgotten++;
      else (turn.kind === 'imposed' ? due : unknownAccounts).push(turn.restriction);
    }
  });
  return { due, unknownAccounts, refusedAtCreation, forgotten, alreadySent };
}

/**
 * Builds the statements that are due, in batches as the database takes them; what is not known is told instead.
 * @param registeredMs by account id, when the account was registered, as the platform says; it knows best.
 */
export async function* buildBatches(
  archive: Pick<StatementArchive, 'wordsOf'>,
  { due, unknownAccounts }: Pick<PlannedStatements, 'due' | 'unknownAccounts'>,
  facts: PlatformFacts,
  registeredMs: ReadonlyMap<string, number>,
  onIncomplete: (incomplete: IncompleteStatement) => void,
): AsyncGenerator<readonly Statement[]> {
  let batch: Statement[] = [];
  const all = [...due, ...unknownAccounts];
  for (let from = 0; from < all.length; from += statementsMax) {
    const some = all.slice(from, from + statementsMax);
    const wordsOf = await archive.wordsOf(some.map(({ decision }) => decision));
    for (const [index, restriction] of some.entries()) {
      const words = wordsOf.get(restriction.decision);
      // It was forgotten since the plan was made: there is nothing left to give reasons for.
      if (words === undefined) continue;
      const { accountId } = words;
      const toldMs = registeredMs.get(accountId);
      const isAccount = from + index < due.length || toldMs !== undefined;
      const built: BuiltStatement = isAccount
        ? buildStatement(restriction, words, facts, toldMs ?? restriction.createdMs)
        : { ok: false, unknown: ['existence'] };
      if (built.ok) batch.push(built.statement);
      else onIncomplete({ decision: restriction.decision, accountId, unknown: built.unknown });
      if (batch.length < statementsMax) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

export interface SentStatements {
  readonly sent: number;
  readonly refused: readonly StatementFate[];
  readonly incomplete: readonly IncompleteStatement[];
}

/** Sends what is due, a batch after the other. Throws as `sendBatch` does; what was sent before is kept. */
export async function sendStatements(
  archive: Pick<StatementArchive, 'wordsOf' | 'keep'>,
  planned: Pick<PlannedStatements, 'due' | 'unknownAccounts'>,
  facts: PlatformFacts,
  registeredMs: ReadonlyMap<string, number>,
  parts: Omit<SendParts, 'keep'> & { readonly onBatch?: (sent: number) => void },
): Promise<SentStatements> {
  const incomplete: IncompleteStatement[] = [];
  const refused: StatementFate[] = [];
  let sent = 0;
  const batches = buildBatches(archive, planned, facts, registeredMs, (one) => incomplete.push(one));
  for await (const batch of batches) {
    const fates = await sendBatch(batch, { ...parts, keep: (kept) => archive.keep(kept) });
    for (const fate of fates) if (fate.state === 'refused') refused.push(fate);
    sent += fates.length;
    parts.onBatch?.(sent - refused.length);
  }
  const lacking = incomplete.map(({ decision, unknown }): StatementFate => ({
    puid: decision,
    state: 'unknown-facts',
    answer: JSON.stringify(unknown),
  }));
  for (let from = 0; from < lacking.length; from += statementsMax)
    await archive.keep(lacking.slice(from, from + statementsMax));
  return { sent: sent - refused.length, refused, incomplete };
}
