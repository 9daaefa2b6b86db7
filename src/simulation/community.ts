import type { CommunityCustoms } from './customs/customs.ts';
import type { Country } from './population/countries.ts';
import type { Random } from './random.ts';
import { dayMs } from './time.ts';

/** An account as others can see it: enough to be somebody's target. */
export interface Account {
  readonly id: string;
  readonly createdMs: number;
  readonly country: Country;
  /** Whether its signup succeeds in the end. */
  readonly joins: boolean;
}

/** A post that many notice at once: honest people come to its author within minutes, as a coordinated group would. */
export interface Trend {
  readonly timeMs: number;
  readonly author: Account;
}

/** Who can be met when. Members are ordered by time of creation. */
export class Community {
  readonly trends: readonly Trend[];
  readonly #customs: CommunityCustoms;
  readonly #members: readonly Account[];
  readonly #compatriots: ReadonlyMap<string, readonly Account[]>;

  /** Trends are drawn from `startMs` on. */
  constructor(random: Random, accounts: readonly Account[], customs: CommunityCustoms, startMs: number) {
    this.#customs = customs;
    this.#members = accounts.filter((account) => account.joins);
    this.#compatriots = Map.groupBy(this.#members, (account) => account.country.code);
    this.trends = this.#drawTrends(random, startMs);
  }

  /** Somebody who is there by then, rather of the same country; never oneself; none while nobody is there. */
  acquaintance(random: Random, timeMs: number, self: Account): Account | undefined {
    const near = this.#compatriots.get(self.country.code) ?? [];
    return (
      (random.chance(this.#customs.compatriotShare) ? this.#meet(random, near, timeMs, self) : undefined) ??
      this.stranger(random, timeMs, self)
    );
  }

  /** Anybody who is there by then. */
  stranger(random: Random, timeMs: number, self: Account): Account | undefined {
    return this.#meet(random, this.#members, timeMs, self);
  }

  /** The member at that point (0 to 1) of all who are there by then: the same point finds the same one. */
  oneAt(point: number, timeMs: number): Account | undefined {
    const present = countBefore(this.#members, timeMs);
    return present === 0 ? undefined : this.#members[Math.floor(present * point)];
  }

  #drawTrends(random: Random, startMs: number): readonly Trend[] {
    const first = this.#members[0];
    const last = this.#members.at(-1);
    if (first === undefined || last === undefined) return [];
    const fromMs = Math.max(first.createdMs, startMs);
    const count = Math.round(((last.createdMs - fromMs) / dayMs) * this.#customs.trendsPerDay);
    const times = Array.from({ length: count }, () => Math.round(random.between(fromMs, last.createdMs)));
    times.sort((a, b) => a - b);
    return times.flatMap((timeMs) => {
      const author = this.#meet(random, this.#members, timeMs);
      return author === undefined ? [] : [{ timeMs, author }];
    });
  }

  #meet(random: Random, members: readonly Account[], timeMs: number, self?: Account): Account | undefined {
    const present = countBefore(members, timeMs);
    const met = present === 0 ? undefined : members[Math.floor(present * random.unit() ** this.#customs.seniority)];
    return met === self ? undefined : met;
  }
}

/** How many of the members were created before that time: binary search. */
function countBefore(members: readonly Account[], timeMs: number): number {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((members[middle] as Account).createdMs < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
