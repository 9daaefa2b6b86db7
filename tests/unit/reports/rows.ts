import type { Action } from '../../../src/domain/decision.ts';
import type { PlatformFacts } from '../../../src/reports/platform-facts.ts';
import type { DecisionRow, ReportRecord, TimeRange, WordRow } from '../../../src/reports/record.ts';

/** Rows of a record, made by hand. */

export const dayMs = 86_400_000;
export const startMs = Date.UTC(2026, 0, 1);

let made = 0;

/** A block of an account that signed up the day before, by its own event, unless the changes say otherwise. */
export function decisionRow(changes: Partial<DecisionRow> = {}): DecisionRow {
  const timeMs = changes.timeMs ?? startMs + 10 * dayMs;
  return {
    id: `dec_${(++made).toString(16).padStart(32, '0')}`,
    account: 1,
    mode: 'enforce',
    action: 'block',
    cause: 'event',
    saidBy: null,
    eventType: changes.cause === undefined || changes.cause === 'event' ? 'account.login' : null,
    rules: [],
    restrainedBy: [],
    supersedes: null,
    exists: true,
    createdMs: timeMs - dayMs,
    reported: false,
    ...changes,
    timeMs,
  };
}

export function wordRow(changes: Partial<WordRow> = {}): WordRow {
  return {
    id: `word_${++made}`,
    account: 1,
    timeMs: startMs + 12 * dayMs,
    type: 'account.labelled',
    label: 'genuine',
    saidBy: 'appeal',
    decision: null,
    askedMs: null,
    ...changes,
  };
}

/** A record in memory, in the order of time as an archive has it. */
export function recordOf(decisions: readonly DecisionRow[], words: readonly WordRow[] = []): ReportRecord {
  return { decisions: (range) => inPages(within(decisions, range)), words: (range) => within(words, range) };
}

/** Some at a time: two, so that what belongs together is cut. */
export async function* inPages<T>(rows: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let page: T[] = [];
  for await (const row of rows) {
    page.push(row);
    if (page.length < 2) continue;
    yield page;
    page = [];
  }
  yield page;
}

async function* within<T extends { readonly timeMs: number; readonly id: string }>(
  rows: readonly T[],
  { fromMs, untilMs }: TimeRange,
): AsyncGenerator<T> {
  yield* rows
    .filter(({ timeMs }) => fromMs <= timeMs && timeMs < untilMs)
    .toSorted((first, second) => first.timeMs - second.timeMs || (first.id < second.id ? -1 : 1));
}

export function factsOf(changes: Partial<PlatformFacts> = {}): PlatformFacts {
  return {
    service: 'Example Social',
    restricting: ['block'] satisfies Action[],
    blockIs: 'suspension',
    userReportsAre: 'other',
    keywordOfRule: new Map([['poses-as-staff', 'KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING']]),
    statements: {
      ground: 'Terms of service, section 3.2: one real person, one account',
      groundUrl: 'https://example.com/terms#fake-accounts',
      explanation: 'An account that was made to deceive is not the account of one real person',
      isIllegal: false,
      territories: ['DE', 'FR'],
    },
    ...changes,
  };
}
