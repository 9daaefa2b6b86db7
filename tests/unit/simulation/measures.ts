import { BlockList } from 'node:net';
import { networksByCountry } from '../../../src/simulation/networks.ts';
import type { Observation, Observed } from './observation.ts';

const hourMs = 3_600_000;

/** The accounts of a kind, such as `honest:vpn` or `campaign:sim-farm`. */
export function ofKind({ accounts }: Observation, kind: string): readonly Observed[] {
  return accounts.filter((account) => account.kind === kind);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Share, 0 to 1, of the items for which `test` holds. */
export function share<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.filter((item) => test(item)).length / items.length;
}

/** What accounts may have in common. */
export type KeysOf = (account: Observed) => readonly string[];

export const addresses: KeysOf = ({ ips }) => [...ips];
export const devices: KeysOf = ({ devices: ids }) => [...ids];
export const avatars: KeysOf = ({ avatars: hashes }) => [...hashes];
export const texts: KeysOf = ({ textHashes }) => textHashes;
export const mailDomain: KeysOf = ({ signup }) => signup.email?.split('@').slice(1) ?? [];
/** A number without its last four digits. */
export const phonePrefix: KeysOf = ({ signup }) => (signup.phone === undefined ? [] : [signup.phone.slice(0, -4)]);

export function requestCount({ actions }: Observed): number {
  return actions.filter(({ type }) => type === 'social.request_sent').length;
}

/** For each key how many of the accounts have it. */
export function crowds(accounts: readonly Observed[], keysOf: KeysOf): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const account of accounts) {
    for (const key of new Set(keysOf(account))) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

export function largestCrowd(accounts: readonly Observed[], keysOf: KeysOf): number {
  return Math.max(...crowds(accounts, keysOf).values());
}

/** Of an account: how many of all accounts share the most crowded of its keys; nothing when it has no key. */
export function crowding(accounts: readonly Observed[], keysOf: KeysOf): (account: Observed) => number | undefined {
  const counts = crowds(accounts, keysOf);
  return (account) => {
    const own = keysOf(account).map((key) => counts.get(key) ?? 0);
    return own.length === 0 ? undefined : Math.max(...own);
  };
}

/** The most actions of the given accounts for one target within ten minutes. */
export function largestRush(accounts: readonly Observed[]): number {
  const actions = accounts.flatMap((account) => account.actions.filter(({ target }) => target !== undefined));
  const byTarget = Map.groupBy(actions, ({ target }) => target);
  return Math.max(
    ...Array.from(byTarget.values(), (group) =>
      mostWithin(
        group.map(({ timeMs }) => timeMs),
        hourMs / 6,
      ),
    ),
  );
}

/** The most signups of the given accounts within an hour. */
export function busiestHour(accounts: readonly Observed[]): number {
  return mostWithin(
    accounts.map(({ truth }) => truth.createdMs),
    hourMs,
  );
}

function mostWithin(timesMs: readonly number[], spanMs: number): number {
  const sorted = timesMs.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  sorted.forEach((timeMs, last) => {
    while ((sorted[first] ?? timeMs) <= timeMs - spanMs) first += 1;
    most = Math.max(most, last - first + 1);
  });
  return most;
}

const listByCountry = Object.entries(networksByCountry).map(([country, { residential, mobile, campus }]) => {
  const list = new BlockList();
  for (const prefix of [...residential, ...mobile, ...campus]) {
    const [base, length] = prefix.split('/') as [string, string];
    list.addSubnet(base, Number(length), base.includes(':') ? 'ipv6' : 'ipv4');
  }
  return { country, list };
});

/** The countries whose people's networks the addresses of an account belong to. */
export function countriesOf({ ips }: Observed): ReadonlySet<string> {
  const found = [...ips].flatMap((ip) => {
    const entry = listByCountry.find(({ list }) => list.check(ip, ip.includes(':') ? 'ipv6' : 'ipv4'));
    return entry === undefined ? [] : [entry.country];
  });
  return new Set(found);
}
