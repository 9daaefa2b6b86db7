import type { LoadEvent } from '../load/stream.ts';
import type { Form, Limit } from '../judge/limits.ts';
import type { Outcome } from '../judge/outcome.ts';
import type { Stage } from './stage.ts';

/** Seconds, by form. */
export type Seconds = Readonly<Record<Form, number>>;

/** An event as it is sent, and to which partition, where the scenario says so. */
export interface StagedEvent extends LoadEvent {
  readonly partition?: number;
}

export interface Setup {
  readonly store: Outcome['store'];
  /** Processes of one group. More than one need a shared store. */
  readonly members: number;
  readonly partitions: number;
  /** Of the rate at which lag grows in the same run; or events per second, where it is the scenario that finds that rate. */
  readonly rate: { readonly ofKnee: number } | { readonly perSecond: number };
  /** Configuration beside what all have. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Lines of `valkey.conf`. */
  readonly valkey?: readonly string[];
  /** Makes another event of one of the stream, by its index. */
  readonly shape?: (event: LoadEvent, index: number) => StagedEvent;
  /** The store is behind a proxy that can hold back requests and answers. */
  readonly slowable?: true;
  /** A copy of the shipped model and policy that may be replaced. */
  readonly ownVersions?: true;
}

/** One question about load, what is done to answer it, and what must hold. */
export interface Scenario {
  /** As it is called for, and as its file is named. */
  readonly name: string;
  readonly question: string;
  readonly setup: Setup;
  /** Beside those of every scenario: see `limitsOf`. */
  readonly limits: readonly Limit[];
  /** What bounds the answer where the machine's CPU does not. */
  readonly boundBy: string;
  /** Seconds at the scenario's rate for which `act` sends at most, a burst counted by what it sends. Events are made beforehand. */
  readonly actSeconds: Seconds;
  /** What is done under load. Resolves with what reckons the scenario's own figures, once all outputs have come. */
  act(stage: Stage, form: Form): Promise<() => Outcome['figures']>;
}

/** From what a scenario takes its rate that does not bring one. */
export interface Rates {
  /** Events per second at which lag grew, in this run. Null where nobody has found it. */
  readonly kneeRate: number | null;
  /** Events per second that were asked for; null: by the knee. */
  readonly rate: number | null;
}

/** Events per second before and after what the scenario does. */
export function rateOf({ name, setup }: Pick<Scenario, 'name' | 'setup'>, { kneeRate, rate }: Rates): number {
  if ('perSecond' in setup.rate) return setup.rate.perSecond;
  if (rate !== null) return rate;
  if (kneeRate === null) throw new Error(`${name} needs the rate at which lag grows`);
  return kneeRate * setup.rate.ofKnee;
}

/** Long enough for a p99, in the forms in which one is judged. */
const playedSeconds: Seconds = { full: 120, short: 20, brief: 2 };

/** A scenario in which the load goes on, and nothing is done to it. */
export function played(scenario: Omit<Scenario, 'actSeconds' | 'act'>): Scenario {
  return {
    ...scenario,
    actSeconds: playedSeconds,
    act: async (stage, form) => {
      await stage.play(playedSeconds[form]);
      return () => ({});
    },
  };
}
