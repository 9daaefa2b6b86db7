import type { Action } from '../domain/decision.ts';
import type { DecisionRow, ReportRecord } from './record.ts';
import { Restrictions, type Turn } from './restrictions.ts';

/**
 * Reads the record from its beginning to the cut-off, and tells what happened to restrictions, in the order of time. The beginning is needed:
 * whether a decision restricts depends on what stood.
 * @param cutOffMs milliseconds since the epoch, excluded.
 */
export async function readTurns(
  record: ReportRecord,
  cutOffMs: number,
  restricting: readonly Action[],
  take: (turn: Turn) => void,
): Promise<void> {
  const range = { fromMs: 0, untilMs: cutOffMs };
  const restrictions = new Restrictions(restricting);
  const words = record.words(range)[Symbol.asyncIterator]();
  let word = await words.next();
  let moment: DecisionRow[] = [];
  const finishMoment = (): void => {
    for (const row of inCausalOrder(moment)) restrictions.takeDecision(row).forEach(take);
    moment = [];
  };
  for await (const rows of record.decisions(range))
    for (const row of rows) {
      if (moment.length > 0 && moment[0]!.timeMs !== row.timeMs) finishMoment();
      // What a person said comes before what follows from it, also where the two have one time.
      for (; moment.length === 0 && !word.done && word.value.timeMs <= row.timeMs; word = await words.next())
        restrictions.takeWord(word.value).forEach(take);
      moment.push(row);
    }
  finishMoment();
  for (; !word.done; word = await words.next()) restrictions.takeWord(word.value).forEach(take);
}

/** Decisions of one moment: of each account, one that replaces another comes after it. */
function inCausalOrder(rows: readonly DecisionRow[]): readonly DecisionRow[] {
  if (rows.length < 2) return rows;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ordered = new Set<DecisionRow>();
  const put = (row: DecisionRow): void => {
    // Before what it replaces is put, so that a circle, which no path makes, would end.
    const former = row.supersedes === null ? undefined : byId.get(row.supersedes);
    byId.delete(row.id);
    if (former !== undefined) put(former);
    ordered.add(row);
  };
  for (const row of rows) if (!ordered.has(row)) put(row);
  return [...ordered];
}
