import type { DecisionFacts, WordFacts } from '../archive/item.ts';
import type { TimeRange } from '../archive/archive.ts';

export type { TimeRange };

/** What reports read of a decision. */
export type DecisionRow = Pick<
  DecisionFacts,
  | 'id'
  | 'account'
  | 'timeMs'
  | 'mode'
  | 'action'
  | 'cause'
  | 'saidBy'
  | 'eventType'
  | 'rules'
  | 'restrainedBy'
  | 'supersedes'
  | 'exists'
  | 'createdMs'
  | 'reported'
>;

/** What reports read of what people said. */
export type WordRow = WordFacts;

/** What reports are made of; an archive is one. Each in the order of time, decisions some at a time. */
export interface ReportRecord {
  decisions(range: TimeRange): AsyncIterable<readonly DecisionRow[]>;
  words(range: TimeRange): AsyncIterable<WordRow>;
}
