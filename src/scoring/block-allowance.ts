const hourMs = 3_600_000;
const hours = 24;

/**
 * Keeps count of the accounts that the score alone blocked within a day of event time, and of those that were there: so that a burst, too,
 * keeps to the budget that the threshold keeps to on average.
 *
 * It is this process's count. In its first day it takes the day's accounts from the norms, so that several members may together block
 * several times the budget in the first day after all of them were started.
 */
export class BlockAllowance {
  /** [hours] by hour of event time, modulo a day. */
  readonly #blocked = new Uint32Array(hours);
  readonly #accounts = new Uint32Array(hours);
  #firstHour = Infinity;
  #lastHour = -Infinity;

  /** An event came. @param isFirst whether it is its account's first in 24 hours. */
  saw(timeMs: number, isFirst: boolean): void {
    const hour = Math.floor(timeMs / hourMs);
    this.#firstHour = Math.min(this.#firstHour, hour);
    if (hour > this.#lastHour) this.#moveTo(hour);
    if (isFirst) this.#accounts[this.#lastHour % hours]!++;
  }

  /** The score alone blocked an account, now. Some event came before. */
  blocked(): void {
    this.#blocked[this.#lastHour % hours]!++;
  }

  /** @param budget share of a day's accounts. @param accountsPerDay by the norms. */
  isUsedUp(budget: number, accountsPerDay: number): boolean {
    const isFirstDay = this.#lastHour - this.#firstHour < hours;
    const accounts = isFirstDay ? accountsPerDay : sum(this.#accounts);
    return sum(this.#blocked) + 1 > budget * accounts;
  }

  #moveTo(hour: number): void {
    const from = Math.max(this.#lastHour + 1, hour - hours + 1);
    for (let cleared = from; cleared <= hour; cleared++) {
      this.#blocked[cleared % hours] = 0;
      this.#accounts[cleared % hours] = 0;
    }
    this.#lastHour = hour;
  }
}

function sum(counts: Uint32Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
