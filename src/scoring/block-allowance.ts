const hourMs = 3_600_000;
const hours = 24;

/** What was counted in one hour of event time: `hour` since the epoch, accounts that came first in it, accounts that the score alone blocked. */
export type HourCount = readonly [hour: number, accounts: number, blocked: number];

/** What is kept of an allowance. */
export interface KeptAllowance {
  /** Of this form: what is of another is not understood, and begun anew. */
  readonly form: 1;
  /** The hour since which it counts; null before the first event. */
  readonly firstHour: number | null;
  readonly counts: readonly HourCount[];
}

/**
 * Keeps count of the accounts that the score alone blocked within a day of event time, and of those that were there: so that a burst, too,
 * keeps to the budget that the threshold keeps to on average.
 *
 * Members of a group that tell each other (`take`, `apply`) have one allowance together. What one blocked and has not told yet may be
 * happening at each of the others too, and is counted so often: together they go over by at most one block each. Members that cannot tell
 * each other count their own accounts; in the first day, which the norms stand in for, each has its part of them.
 */
export class BlockAllowance {
  readonly #membersOf: () => number;
  readonly #tells: boolean;
  readonly #day = new DayCounts();
  readonly #untold = new DayCounts();
  /** Blocks that were taken to be told, of which nobody has said yet that they were. */
  #blockedOnTheWay = 0;
  #firstHour = Infinity;

  /** @param membersOf members of the group, 1 or more. @param tells whether they count what each of them counted. */
  constructor(membersOf: () => number = () => 1, tells = false) {
    this.#membersOf = membersOf;
    this.#tells = tells;
  }

  /** An event came. @param isFirst whether it is its account's first in 24 hours, and was not counted before. */
  saw(timeMs: number, isFirst: boolean): void {
    this.#reach(Math.floor(timeMs / hourMs));
    if (isFirst) this.#count([this.#day.lastHour, 1, 0]);
  }

  /** The score alone blocked an account, now. Some event came before. */
  blocked(): void {
    this.#count([this.#day.lastHour, 0, 1]);
  }

  /** @param budget share of a day's accounts. @param accountsPerDay by the norms. */
  isUsedUp(budget: number, accountsPerDay: number): boolean {
    const { accounts, blocked, lastHour } = this.#day;
    const members = this.#membersOf();
    const isFirstDay = lastHour - this.#firstHour < hours;
    const usual = this.#tells ? accountsPerDay : accountsPerDay / members;
    const unheard = (this.#untold.blocked + this.#blockedOnTheWay) * (members - 1);
    return blocked + unheard + 1 > budget * (isFirstDay ? usual : accounts);
  }

  /** Whether others should soon be told: of a block, and not of accounts alone. */
  get isPressing(): boolean {
    return this.#untold.blocked > 0;
  }

  /** Takes what was counted here and told nobody: until `told` it may be unheard of. */
  take(): readonly HourCount[] {
    const counts = this.#untold.counts();
    this.#blockedOnTheWay += this.#untold.blocked;
    this.#untold.clear();
    return counts;
  }

  /** All that was taken so far has been told. */
  told(): void {
    this.#blockedOnTheWay = 0;
  }

  /** Counts what another member counted. */
  apply(counts: readonly HourCount[]): void {
    for (const count of counts) {
      this.#reach(count[0]);
      // Of who is more than a day behind nothing is counted, and so the day is not known by it either.
      if (this.#day.add(count)) this.#firstHour = Math.min(this.#firstHour, count[0]);
    }
  }

  kept(): KeptAllowance {
    const firstHour = this.#firstHour === Infinity ? null : this.#firstHour;
    return { form: 1, firstHour, counts: this.#day.counts() };
  }

  restore({ form, firstHour, counts }: KeptAllowance): void {
    if (form !== 1) return;
    this.#day.clear();
    this.apply(counts);
    this.#firstHour = firstHour ?? Infinity;
    // Nobody knows of it, and so it is not in what was kept.
    this.apply(this.#untold.counts());
  }

  #count(count: HourCount): void {
    this.#day.add(count);
    if (this.#tells) this.#untold.add(count);
  }

  /** Of a day in which nothing came nothing is known: as at the beginning, the norms stand in for it. */
  #reach(hour: number): void {
    if (hour - this.#day.lastHour >= hours) this.#firstHour = hour;
    this.#day.moveTo(hour);
  }
}

/** Counts of the last 24 hours of event time. */
class DayCounts {
  /** [hours] by hour, modulo a day. */
  readonly #accounts = new Uint32Array(hours);
  readonly #blocked = new Uint32Array(hours);
  lastHour = -Infinity;

  get accounts(): number {
    return sum(this.#accounts);
  }

  get blocked(): number {
    return sum(this.#blocked);
  }

  /** What is older than a day is not counted. Returns whether it was. */
  add([hour, accounts, blocked]: HourCount): boolean {
    this.moveTo(hour);
    if (hour <= this.lastHour - hours) return false;
    this.#accounts[hour % hours]! += accounts;
    this.#blocked[hour % hours]! += blocked;
    return true;
  }

  moveTo(hour: number): void {
    if (hour <= this.lastHour) return;
    const from = Math.max(this.lastHour + 1, hour - hours + 1);
    for (let cleared = from; cleared <= hour; cleared++) {
      this.#accounts[cleared % hours] = 0;
      this.#blocked[cleared % hours] = 0;
    }
    this.lastHour = hour;
  }

  /** The hours in which something was counted, oldest first. */
  counts(): readonly HourCount[] {
    if (this.lastHour === -Infinity) return [];
    const day = Array.from({ length: hours }, (_, index) => this.lastHour - hours + 1 + index);
    return day
      .map((hour): HourCount => [hour, this.#accounts[hour % hours] ?? 0, this.#blocked[hour % hours] ?? 0])
      .filter(([, accounts, blocked]) => accounts + blocked > 0);
  }

  clear(): void {
    this.#accounts.fill(0);
    this.#blocked.fill(0);
    this.lastHour = -Infinity;
  }
}

function sum(counts: Uint32Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
