import type { DecisionRow, WordRow } from '../../../src/reports/record.ts';
import { Random } from '../../../src/simulation/random.ts';
import { dayMs, decisionRow, wordRow } from './rows.ts';

/**
 * A made-up half-year: accounts whose stories are known, and beside them what each report has to count of them. What is counted is written down
 * where the story is told, not read back from its rows.
 */
export interface HalfYear {
  readonly decisions: readonly DecisionRow[];
  readonly words: readonly WordRow[];
  /** How often each thing happened, by name. */
  readonly truth: ReadonlyMap<string, number>;
}

/** One account's story: rows of the account, days after its beginning. */
interface Teller {
  readonly decide: (day: number, changes: Partial<DecisionRow>) => void;
  readonly say: (day: number, changes: Partial<WordRow> & { readonly askedHoursBefore?: number }) => void;
  readonly count: (...names: readonly string[]) => void;
}

const hourMs = 3_600_000;

type Story = (teller: Teller) => void;

const bySignup = { eventType: 'account.signup' } as const;
const label = (saidBy: DecisionRow['saidBy'], action: DecisionRow['action']) =>
  ({ cause: 'label', saidBy, action }) as const;
const measure = (...more: readonly string[]): readonly string[] => ['measure', ...more];

const stories: Readonly<Record<string, Story>> = {
  'a rule blocks a signup': ({ decide, count }) => {
    decide(0, { ...bySignup, rules: ['bulk-signup-from-device@2'] });
    decide(3, { rules: [] });
    count(...measure('detected', 'solely', 'proactive'));
  },
  'a signup is refused': ({ decide, count }) => {
    decide(0, { ...bySignup, exists: false, createdMs: null });
    count('refused');
  },
  'a signup of which nobody knows what became': ({ decide, count }) => {
    decide(0, { ...bySignup, exists: null, createdMs: null });
    count('unknown');
  },
  'somebody poses as staff': ({ decide, count }) => {
    decide(0, { rules: ['poses-as-staff@1', 'bulk-signup-from-device@2'] });
    count(...measure('detected', 'solely', 'proactive', 'impersonation'));
  },
  'a report makes the machine look': ({ decide, count }) => {
    decide(0, { eventType: 'account.reported', reported: true });
    count(...measure('detected', 'solely', 'reported'));
  },
  'a report came before, and the machine finds something else': ({ decide, count }) => {
    decide(0, { reported: true });
    count(...measure('detected', 'solely'));
  },
  'nobody knows whether it had been reported': ({ decide, count }) => {
    decide(0, { reported: null });
    count(...measure('detected', 'solely', 'proactive-unknown'));
  },
  'a reviewer confirms': ({ decide, count }) => {
    decide(0, { action: 'review' });
    decide(1, label('review', 'block'));
    count(...measure('detected', 'not-solely', 'proactive'));
  },
  'a reviewer clears': ({ decide }) => {
    decide(0, { action: 'review' });
    decide(1, label('review', 'allow'));
  },
  'an operator blocks by hand': ({ decide, count }) => {
    decide(0, label('operator', 'block'));
    count(...measure('not-solely', 'proactive'));
  },
  'a bank says so': ({ decide, count }) => {
    decide(0, label('chargeback', 'block'));
    count(...measure('not-solely'));
  },
  'an appeal is accepted': ({ decide, say, count }) => {
    decide(0, {});
    say(5, { label: 'genuine', askedHoursBefore: 30 });
    decide(5, label('appeal', 'allow'));
    count(...measure('detected', 'solely', 'proactive', 'reversed', 'restored-appeal', 'appealed'));
  },
  'an appeal is turned down, twice': ({ decide, say, count }) => {
    decide(0, {});
    say(2, { label: 'fake', askedHoursBefore: 10 });
    say(4, { label: 'fake' });
    count(...measure('detected', 'solely', 'proactive', 'upheld', 'upheld', 'appealed'));
  },
  'a look at an appeal finds more': ({ decide, say, count }) => {
    decide(0, { action: 'review' });
    say(2, { label: 'fake' });
    decide(2, label('appeal', 'block'));
    count(...measure('not-solely', 'proactive', 'orphan-upheld', 'appealed', 'new'));
  },
  'an operator lifts': ({ decide, count }) => {
    decide(0, {});
    decide(7, label('operator', 'allow'));
    count(...measure('detected', 'solely', 'proactive', 'restored-own'));
  },
  'its time is over, and it comes back': ({ decide, count }) => {
    decide(0, {});
    decide(5, { action: 'allow' });
    decide(9, {});
    count(...measure('detected', 'solely', 'proactive', 'measure', 'detected', 'solely', 'again'));
  },
  'a challenger would have blocked': ({ decide }) => decide(0, { mode: 'shadow' }),
  'a challenge is asked for': ({ decide }) => decide(0, { action: 'challenge' }),
};

export const storyNames = Object.keys(stories);

/** @param accounts each of one story, drawn by chance; all of it happens within the period, from its first day to 10 days before its end. */
export function halfYear(accounts: number, fromMs: number, untilMs: number, seed: number): HalfYear {
  const random = new Random(seed);
  const decisions: DecisionRow[] = [];
  const words: WordRow[] = [];
  const truth = new Map<string, number>();
  for (let account = 1; account <= accounts; account++) {
    const beginMs = Math.floor(fromMs + random.unit() * (untilMs - fromMs - 10 * dayMs));
    const timeOf = (day: number): number => beginMs + day * dayMs;
    const story = stories[storyNames[Math.floor(random.unit() * storyNames.length)]!]!;
    story({
      decide: (day, changes) =>
        decisions.push(decisionRow({ account, createdMs: beginMs - dayMs, ...changes, timeMs: timeOf(day) })),
      say: (day, { askedHoursBefore, ...changes }) => {
        const askedMs = askedHoursBefore === undefined ? null : timeOf(day) - askedHoursBefore * hourMs;
        words.push(wordRow({ account, askedMs, ...changes, timeMs: timeOf(day) }));
      },
      count: (...names) => names.forEach((name) => truth.set(name, (truth.get(name) ?? 0) + 1)),
    });
  }
  return { decisions, words, truth };
}
