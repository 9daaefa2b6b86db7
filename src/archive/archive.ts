import type { ToldErasure } from '../wire/encode-erased.ts';
import type { ArchiveItem, ChangeFacts, DecisionFacts, WordFacts } from './item.ts';

/**
 * The record of what was decided and said: what figures, reports and evidence are made of. `sql/archive.ts` is it, over any
 * `SqlDatabase`; `tests/contract/archive-contract.ts` holds it on each. All calls reject with `FailureError`
 * `ARCHIVE_UNAVAILABLE` (try again) or `ARCHIVE_DAMAGED` (do not), and nothing else that is expected.
 */
export interface Archive {
  /** By `topic partition`: the offset that comes next. */
  offsets(): Promise<ReadonlyMap<string, number>>;
  /**
   * Which topic of this name is read, by its id. Resolves with whether that is another one than was read before: then the offsets of all its partitions
   * begin anew. Where none was told before, what was read is taken for a part of this one.
   */
  nameSource(topic: string, id: string): Promise<boolean>;
  /** A partition is another one than was read: its offsets begin anew. */
  restart(topic: string, partition: number): Promise<void>;
  /**
   * Takes records, all or none, and how far their partitions are. What is there already, by its id, is passed over, and so is what
   * lies before the kept offset of its partition: the same batch may come any number of times.
   */
  write(batch: ArchiveBatch): Promise<ArchiveReport>;
  /**
   * What is due by a time: erasures whose hold has ended, what is beyond its retention (looked at once an hour), memories of erasures
   * that have ended. All of it only where `isCaughtUp`: until then a topic may bring a hold that was placed in time, or what has to be
   * forgotten with the rest. Then what was deleted is overwritten on disk.
   */
  sweep(nowMs: number, isCaughtUp: boolean): Promise<ArchiveReport>;

  /**
   * In the order of time, some at a time: a report reads a million. Both modes; forgotten ones by their day. Bounds in milliseconds since the epoch, the last one excluded.
   */
  decisions(range: TimeRange): AsyncIterable<readonly DecisionFacts[]>;
  words(range: TimeRange): AsyncIterable<WordFacts>;
  /** In the order of time. */
  changes(range: TimeRange): AsyncIterable<ChangeFacts>;
  /** The whole decisions (JSON as it travelled) of ids, those that are there and not forgotten: at most 1,000 ids. */
  bodies(decisionIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The numbers of accounts, by id: of those that are known and not forgotten. Any number may be asked for at once. */
  accountNumbers(accountIds: Iterable<string>): Promise<ReadonlyMap<string, number>>;
  /** All of one account that is kept, in the order of time: whole decisions, words, statements of reasons, entries of lists about it, exports. */
  accountRecords(accountId: string, range: TimeRange): AsyncIterable<AccountRecord>;

  /** A document that decisions name by its hash. More than once is harmless. */
  keepDocument(document: ArchivedDocument): Promise<void>;
  document(kind: DocumentKind, sha256: string): Promise<ArchivedDocument | null>;

  /** Statements of reasons: what is known of each, by its decision. A later state replaces a former one. */
  recordStatements(statements: readonly StatementRecord[]): Promise<void>;
  statements(range: TimeRange): AsyncIterable<StatementRecord>;
  /** A report as it was told first by its cut-off: told by it again, otherwise, it leaves that as it was. */
  recordReport(report: ToldReport): Promise<void>;
  /** The reports of a period, by their cut-off. */
  reports(period: string): Promise<readonly ToldReport[]>;
  recordExport(record: ExportRecord): Promise<void>;
  exports(range: TimeRange): AsyncIterable<Omit<ExportRecord, 'accountId'>>;
  erasures(range: TimeRange): AsyncIterable<ErasureRecord>;
  /** Erasures that nobody has been told of; none before the sweep that overwrote what they deleted. */
  unconfirmed(): Promise<readonly ErasureRecord[]>;
  confirmed(ids: readonly string[]): Promise<void>;

  /** Reads everything, opens what is sealed, and holds it against its columns. */
  verify(): Promise<ArchiveContent>;
  close(): Promise<void>;
}

export interface TimeRange {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface ArchiveBatch {
  readonly items: readonly ArchiveItem[];
  /** How far partitions are once this is taken. */
  readonly positions: readonly { readonly topic: string; readonly partition: number; readonly next: number }[];
  /** By the clock. */
  readonly nowMs: number;
}

export interface ArchiveReport {
  readonly decisions: number;
  readonly words: number;
  readonly changes: number;
  /** Records that were there already. */
  readonly repeated: number;
  /** Accounts that were forgotten. */
  readonly erased: number;
  /** Records that are beyond their retention, and went. */
  readonly expired: number;
}

/** Exact bytes that a decision names by their SHA-256; a manifest by that of its `model.onnx`. */
export const documentKinds = ['policy', 'norms', 'manifest'] as const;
export type DocumentKind = (typeof documentKinds)[number];

export interface ArchivedDocument {
  readonly kind: DocumentKind;
  /** As decisions name it: 64 hex digits. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

export interface AccountRecord {
  /** `entry`: one of a list, about the account itself. */
  readonly kind: 'decision' | 'word' | 'statement' | 'entry' | 'export';
  readonly id: string;
  readonly timeMs: number;
  /** JSON. */
  readonly body: string;
}

/** The state of a statement of reasons at the authority that takes it. */
export interface StatementRecord {
  /** Of the decision that it gives reasons for; also what the authority knows it by. */
  readonly decision: string;
  /** When it came to this state, milliseconds since the epoch. */
  readonly timeMs: number;
  readonly state: 'sent' | 'refused' | 'unknown-facts';
  /** What was answered, or which facts are not known; JSON, no personal data. */
  readonly answer: string;
}

/** A report of a period: counts alone, nothing of anybody. */
export interface ToldReport {
  /** `2026-Q3`. */
  readonly period: string;
  /** Milliseconds since the epoch. */
  readonly cutOffMs: number;
  /** JSON. */
  readonly body: string;
}

export interface ExportRecord {
  readonly id: string;
  readonly accountId: string;
  /** When it was made. */
  readonly timeMs: number;
  /** Who made it, by an identifier of the operator's own. */
  readonly author: string;
  /** Why, in words without personal data. */
  readonly reason: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly lines: number;
  /** The last link of its chain, 64 hex digits. */
  readonly sha256: string;
}

/** That an account was forgotten, and what that came to; nothing of whom. */
export type ErasureRecord = ToldErasure;

export interface ArchiveContent {
  readonly decisions: number;
  readonly words: number;
  readonly changes: number;
  readonly accounts: number;
  readonly documents: number;
  readonly erasures: number;
  /**
   * Of what topics brought: the same set of records gives the same 64 hex digits, in whatever order and batches they came, under
   * whichever keys they are sealed.
   */
  readonly sha256: string;
}
