import type { ListEntry, ListType, NetworkWidth } from '../domain/list-entry.ts';
import type { Listed, ListLookup } from '../domain/listed.ts';
import type { AddressBits } from '../domain/network-blocks.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import type { EventFacts } from '../features/facts.ts';
import { nameShape } from '../features/text-measures.ts';
import { hashValue, hexOf, networkText } from './list-value.ts';
import { beginningOf, entriesOf, type ListView } from './list-view.ts';

/** What an event says, by type, in the spelling under which it would be listed; networks apart. */
const valueOf: Readonly<Record<Exclude<ListType, 'cidr'>, (facts: EventFacts) => string | undefined>> = {
  account: ({ event }) => event.subject,
  email: ({ email }) => email?.mailbox,
  email_domain: ({ email }) => email?.domain,
  phone: ({ phone }) => phone,
  ip: ({ address }) => address?.host,
  device: ({ deviceId }) => deviceId,
  username_template: ({ username }) => (username === undefined ? undefined : nameShape(username)),
  asn: ({ addressReference }) => (addressReference?.asn === undefined ? undefined : String(addressReference.asn)),
};

/** Types whose entries are found by one look-up, the account first. An `ip` is a network as narrow as they come. */
const plainTypes = ['account', 'email', 'email_domain', 'phone', 'device', 'username_template', 'asn'] as const;

/** Looks events up in one view of the lists, by keyed hashes. */
export class ListMatcher {
  readonly #view: ListView;
  readonly #hasher: EntityKeyHasher;

  constructor(view: ListView, hasher: EntityKeyHasher) {
    this.#view = view;
    this.#hasher = hasher;
  }

  /**
   * The entries that hold for an event; undefined for none.
   * @param nowMs what expiry is held against, milliseconds since the epoch
   */
  match(facts: EventFacts, nowMs: number): Listed | undefined {
    const entries = plainTypes.flatMap((type) => this.#find(type, valueOf[type](facts), nowMs));
    if (facts.address !== undefined) entries.push(...this.#findNetworks(facts.address, nowMs));
    if (entries.length === 0) return undefined;
    const ofAccount = entries.filter(({ type }) => type === 'account');
    return {
      account: ofAccount.find(isDenial) ?? ofAccount.find(isPermission),
      denied: entries.find((entry) => entry.type !== 'account' && isDenial(entry)),
      entries,
    };
  }

  /** Answers for one event whether what it says is on a list. Networks of every width count, and entries of every kind. */
  lookup(facts: EventFacts, nowMs: number): ListLookup {
    return (list, types) =>
      types.some((type) => {
        const found = type === 'cidr' ? this.#atAnyWidth(facts, nowMs) : this.#find(type, valueOf[type](facts), nowMs);
        return found.some((entry) => entry.list === list);
      });
  }

  #find(type: ListType, text: string | undefined, nowMs: number): readonly ListEntry[] {
    if (text === undefined || !this.#view.types.has(type)) return none;
    hashValue(this.#hasher, type, text);
    if (this.#view.beginnings[beginningOf(this.#hasher.high)] === 0) return none;
    return inForce(entriesOf(this.#view, type, hexOf(this.#hasher)), nowMs);
  }

  /** The narrowest network that is let through or stopped speaks, and the wider ones are silent; all that are watched are. */
  #findNetworks(address: AddressBits & { readonly host: string }, nowMs: number): readonly ListEntry[] {
    const narrowest = this.#find('ip', address.host, nowMs);
    const entries = [...narrowest];
    let hasSpoken = narrowest.some(isVerdict);
    for (const width of this.#widthsOf(address)) {
      const found = this.#atWidth(address, width, nowMs);
      entries.push(...found.filter((entry) => !hasSpoken || !isVerdict(entry)));
      hasSpoken ||= found.some(isVerdict);
    }
    return entries;
  }

  #atAnyWidth({ address }: EventFacts, nowMs: number): readonly ListEntry[] {
    if (address === undefined) return none;
    return this.#widthsOf(address).flatMap((width) => this.#atWidth(address, width, nowMs));
  }

  #widthsOf({ version }: AddressBits): readonly NetworkWidth[] {
    return this.#view.widths.filter((width) => width.version === version);
  }

  #atWidth(bits: AddressBits, width: NetworkWidth, nowMs: number): readonly ListEntry[] {
    return this.#find('cidr', networkText(bits, width), nowMs);
  }
}

const none: readonly ListEntry[] = Object.freeze([]);

function inForce(entries: readonly ListEntry[], nowMs: number): readonly ListEntry[] {
  return entries.length === 0 ? none : entries.filter(({ expiresMs }) => nowMs < expiresMs);
}

function isDenial({ kind }: ListEntry): boolean {
  return kind === 'deny';
}

function isPermission({ kind }: ListEntry): boolean {
  return kind === 'allow';
}

function isVerdict(entry: ListEntry): boolean {
  return isDenial(entry) || isPermission(entry);
}
