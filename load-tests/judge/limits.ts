import type { Delays, Outcome } from './outcome.ts';
import { judgeTrend, type Trend } from './trend.ts';

/** How long a scenario takes: `full` by itself, `short` to be looked at, `brief` for a test, which looks at no figure. */
export const forms = ['full', 'short', 'brief'] as const;
export type Form = (typeof forms)[number];

/** Of what says how fast something is: in a run of seconds that tells nothing. */
const timedForms = ['full', 'short'] as const satisfies readonly Form[];

/** What must hold of a scenario. What is timed is generous, or held against the echo of the same run: machines differ. */
export interface Limit {
  /** As a reader of the table sees it. */
  readonly says: string;
  /** In which it is judged; all, where it is absent. */
  readonly forms?: readonly Form[];
  judge(outcome: Outcome): Verdict;
}

export interface Verdict {
  /** Whether it is not broken. */
  readonly holds: boolean;
  /** What was measured tells neither: the limit is not broken, and not shown to hold. */
  readonly isUndecided?: true;
  readonly measured: string;
}

/** Of every scenario. */
export const nothingLost: Limit = {
  says: 'no event without a decision, no decision without an event',
  judge: ({ fates: { winnow } }) => ({
    holds: winnow.lost === 0 && winnow.unknown === 0,
    measured: `${winnow.lost} lost, ${winnow.unknown} unknown`,
  }),
};

/** Where no process is killed. */
export const noneTwice: Limit = {
  says: 'none decided twice',
  judge: ({ fates: { winnow } }) => ({ holds: winnow.repeated === 0, measured: `${winnow.repeated} repeated` }),
};

/** Where one is: what it had decided and not committed may come again, and says the same. */
export function repeatsAtMost(share: number): Limit {
  return {
    says: `at most ${share * 100} % decided twice, none with two actions under one id`,
    judge: ({ fates: { winnow } }) => ({
      holds: winnow.repeated <= share * winnow.sent && winnow.conflicting === 0,
      measured: `${winnow.repeated} repeated, ${winnow.conflicting} with another action`,
    }),
  };
}

export const noneDegraded: Limit = {
  says: 'none decided without store or model',
  judge: ({ degraded }) => ({ holds: degraded === 0, measured: `${degraded} degraded` }),
};

export function recoversWithin(seconds: number): Limit {
  return {
    says: `lag gone within ${seconds} s`,
    forms: timedForms,
    judge: ({ recoverySeconds: { winnow } }) => ({
      holds: winnow !== null && winnow <= seconds,
      measured: winnow === null ? 'lag not gone' : `lag gone after ${winnow.toFixed(1)} s`,
    }),
  };
}

/**
 * The largest of the members, whenever it was looked at. A bound and no slope: V8 and malloc keep of the system what they once needed at a time, in steps,
 * and a line through a step says nothing of the next hour. What leaks is in use, and grows there.
 */
export function residentAtMost(mebibytes: number): Limit {
  return {
    says: `resident memory at most ${mebibytes} MiB`,
    forms: timedForms,
    judge: ({ residentMiBCourse }) => {
      const max = Math.max(...residentMiBCourse);
      return {
        holds: residentMiBCourse.length > 0 && max <= mebibytes,
        measured: residentMiBCourse.length > 0 ? `at most ${max} MiB` : 'resident memory unknown',
      };
    },
  };
}

/** Of the events that were due meanwhile, the one that waited longest. */
export function waitsAtMost(seconds: number): Limit {
  return {
    says: `no event waits for more than ${seconds} s`,
    forms: timedForms,
    judge: ({ delayMs }) => {
      const max = delayMs.disturbed.winnow?.max ?? Infinity;
      return { holds: max <= seconds * 1_000, measured: `at most ${(max / 1_000).toFixed(1)} s` };
    },
  };
}

/** A p99 of so many times the echo's, and something for a machine on which the echo is done in a moment. */
export function p99AtMost(echoes: number, plusMs: number, when: keyof Outcome['delayMs'] = 'disturbed'): Limit {
  return {
    says: `p99 ${when === 'calm' ? 'before ' : ''}at most ${echoes} times the echo's and ${plusMs} ms`,
    forms: timedForms,
    judge: ({ delayMs }) => {
      const { winnow, echo } = delayMs[when];
      return {
        holds: winnow !== null && echo !== null && winnow.p99 <= echoes * echo.p99 + plusMs,
        measured: `p99 ${p99(winnow)}, echo ${p99(echo)}`,
      };
    },
  };
}

/** A figure of the scenario's own. */
export function figureBetween(name: string, least: number, most: number, says: string): Limit {
  return {
    says,
    judge: ({ figures }) => {
      const value = figures[name] ?? null;
      return { holds: value !== null && value >= least && value <= most, measured: `${name}: ${value ?? 'unknown'}` };
    },
  };
}

interface Watched {
  readonly what: string;
  readonly unit: string;
  readonly trendOf: (outcome: Outcome) => Trend | null;
  /** The same of the echo, where it has it: what grows of both is the machine's. */
  readonly echoOf?: (outcome: Outcome) => Trend | null;
}

const watched = {
  inUse: { what: 'memory in use', unit: 'MiB', trendOf: ({ trends }) => trends.inUseMiB },
  openFiles: { what: 'open files and sockets', unit: '', trendOf: ({ trends }) => trends.openFiles },
  lag: {
    what: 'lag',
    unit: 'ms',
    trendOf: ({ trends }) => trends.lagMs.winnow,
    echoOf: ({ trends }) => trends.lagMs.echo,
  },
  p99: {
    what: 'p99',
    unit: 'ms',
    trendOf: ({ trends }) => trends.p99Ms.winnow,
    echoOf: ({ trends }) => trends.p99Ms.echo,
  },
} as const satisfies Record<string, Watched>;

/**
 * It does not grow by more than so much an hour. Broken where growth beyond that is proven with 95 % confidence; where the points do not tell,
 * it is undecided, which breaks nothing and proves nothing. So it is where the echo's is proven to grow: the machine had more to do for others towards the
 * end, and what part of the growth is ours nobody knows.
 */
export function flat(name: keyof typeof watched, perHourMax: number, form?: Form): Limit {
  const { what, unit, trendOf, echoOf }: Watched = watched[name];
  const most = `${perHourMax} ${unit}`.trim();
  return {
    says: `${what} not growing by more than ${most} an hour${form === undefined ? '' : `, ${form} form`}`,
    forms: form === undefined ? forms : [form],
    judge: (outcome) => {
      const trend = trendOf(outcome);
      const echo = echoOf?.(outcome) ?? null;
      const own = judgeTrend(trend, perHourMax);
      const verdict = own === 'grows' && echo !== null && echo.low > 0 ? 'undecided' : own;
      const beside = echo === null ? '' : `, echo ${rangeOf(echo, unit)}`;
      const measured = `${what} ${rangeOf(trend, unit)} an hour${beside}: ${verdict}`;
      return { holds: verdict !== 'grows', measured, ...(verdict === 'undecided' && { isUndecided: true }) };
    },
  };
}

function rangeOf(trend: Trend | null, unit: string): string {
  return trend === null ? 'unknown' : `${trend.low.toFixed(1)} to ${trend.high.toFixed(1)} ${unit}`.trim();
}

function p99(delays: Delays | null): string {
  return delays === null ? 'unknown' : `${delays.p99.toFixed(0)} ms`;
}
