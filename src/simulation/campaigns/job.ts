import { askSomebody, logIn, publish } from '../activity.ts';
import type { Account } from '../community.ts';
import type { Life } from '../life.ts';
import { movedOn, openSession } from '../life.ts';
import type { Profile } from '../profile.ts';
import { secondMs } from '../time.ts';

/** A spell of work that an account is there for. */
export interface Job {
  readonly fromMs: number;
  /** Mean number of actions; at least one is done. */
  readonly actions: number;
  readonly gapMeanMs: number;
  /** Share of requests; the rest is content. */
  readonly requestShare: number;
  readonly verb: 'friend' | 'follow' | 'invite';
  readonly content: 'post' | 'comment' | 'message' | 'like';
  /** Whom an action is for. */
  readonly target: (life: Life, timeMs: number) => Account | undefined;
}

/** Does the job in one sitting. */
export function work(life: Life, profile: Profile, job: Job): void {
  const { random } = life;
  const { fakes, use } = life.world.customs;
  const session = openSession(life, profile, job.fromMs);
  let timeMs = random.chance(0.6 * Math.min(1, use.loginShare / 0.55)) ? logIn(life, session, job.fromMs) : job.fromMs;
  for (let left = Math.max(1, random.poisson(job.actions * fakes.actionScale)); left > 0; left -= 1) {
    timeMs += 1.5 * secondMs + random.exponential(job.gapMeanMs * fakes.pauseScale);
    const target = job.target(life, timeMs);
    const now = movedOn(life, profile, session, timeMs);
    if (random.chance(job.requestShare)) askSomebody(life, profile, now, timeMs, job.verb, target);
    else publish(life, profile, now, timeMs, job.content, job.content === 'post' ? undefined : target);
  }
}

/** Anybody: who is met by chance. */
export function anybody(life: Life, timeMs: number): Account | undefined {
  return life.community.stranger(life.random, timeMs, life.account);
}

/** Whom an account works on, one after the other: each for so many acts on average, as in a talk that leads somewhere. */
export function victims(actsMean: number): Job['target'] {
  const current = new WeakMap<Life, Account | undefined>();
  return (life, timeMs) => {
    if (!current.has(life) || life.random.chance(1 / actsMean)) current.set(life, anybody(life, timeMs));
    return current.get(life);
  };
}

/**
 * A campaign's customers: a few accounts that many of its own come to. `points` (0 to 1) choose them among those who were
 * there at `chosenMs`; until then anybody serves as cover.
 */
export function customers(points: readonly number[], chosenMs: number): Job['target'] {
  return (life, timeMs) => {
    if (timeMs < chosenMs) return anybody(life, timeMs);
    const customer = life.community.oneAt(life.random.pick(points), chosenMs);
    return customer === life.account ? undefined : customer;
  };
}
