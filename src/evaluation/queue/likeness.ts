import type { EventFacts } from '../../features/facts.ts';
import { visibleText } from '../../features/name-text.ts';
import { nameShape } from '../../features/text-measures.ts';

const hourMs = 3_600_000;
/** Accounts that must share a trait before it says that they were made alike: two may be a couple, or somebody's second account. */
const alikeMin = 3;

/**
 * Finds accounts that were made alike, by the traits of their first own event: a device; an address within an hour; a name template
 * from one network operator within an hour. Each account is in one group, by the first of its traits that at least three accounts have,
 * and is alone where no trait is so shared. Groups do not chain: a phone that changes hands joins no two campaigns.
 *
 * Holds what traits are as numbers, so that a stream of millions of accounts fits: up to three per account.
 */
export class Likeness {
  readonly #traitIds = new Map<string, number>();
  readonly #sharedBy: number[] = [];
  readonly #traits: (readonly number[] | undefined)[] = [];

  /** Takes the facts of an event of an account (its index, from 0, in the order in which accounts appear). */
  add(account: number, facts: EventFacts): void {
    if (this.#traits[account] !== undefined || !facts.isOwn) return;
    if (facts.context === undefined && facts.signup === undefined) return;
    this.#traits[account] = traitsOf(facts).map((trait) => {
      const id = this.#traitIds.get(trait) ?? this.#traitIds.size;
      this.#traitIds.set(trait, id);
      this.#sharedBy[id] = (this.#sharedBy[id] ?? 0) + 1;
      return id;
    });
  }

  /** The group of each of `accounts` accounts: the index of its earliest member. */
  groups(accounts: number): Int32Array {
    const groups = new Int32Array(accounts);
    const first = new Map<number, number>();
    for (let account = 0; account < accounts; account++) {
      const trait = this.#traits[account]?.find((each) => this.#sharedBy[each]! >= alikeMin);
      if (trait === undefined) groups[account] = account;
      else {
        if (!first.has(trait)) first.set(trait, account);
        groups[account] = first.get(trait)!;
      }
    }
    return groups;
  }
}

/** The traits of an event, most telling first. */
function traitsOf({ event, deviceId, address, addressReference, username }: EventFacts): string[] {
  const hour = Math.floor(event.timeMs / hourMs);
  const network = addressReference?.asn ?? address?.site;
  const template = username === undefined ? '' : nameShape(visibleText(username));
  return [
    ...(deviceId === undefined ? [] : [`device ${deviceId}`]),
    ...(address === undefined ? [] : [`address ${address.host} ${hour}`]),
    ...(network === undefined || template === '' ? [] : [`template ${template} ${network} ${hour}`]),
  ];
}
