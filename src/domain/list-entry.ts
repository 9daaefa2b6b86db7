/**
 * Lists that people keep: whom to let through, whom to stop, whom to watch. An entry is kept under a keyed hash of its value, and
 * says who made it and why.
 */

/** What an entry asks for. `src/lists/README.md` has what outranks what. */
export const listKinds = ['allow', 'deny', 'watch'] as const;
export type ListKind = (typeof listKinds)[number];

/** What an entry names. */
export const listTypes = [
  'account',
  'email',
  'email_domain',
  'phone',
  'ip',
  'cidr',
  'device',
  'username_template',
  'asn',
] as const;
export type ListType = (typeof listTypes)[number];

/** Types whose values are shared by strangers, or pass from one to another: who is denied by them is not denied for ever. */
export const lendableTypes: ReadonlySet<ListType> = new Set<ListType>(['ip', 'cidr', 'asn']);

/** The network of a `cidr` entry, without its bits. IPv6 at most 64: a subscriber is no narrower. */
export interface NetworkWidth {
  readonly version: 4 | 6;
  readonly length: number;
}

export interface ListEntry {
  /** Small letters, digits and hyphens: decisions, metrics and conditions name it. */
  readonly list: string;
  readonly kind: ListKind;
  readonly type: ListType;
  /** Keyed hash of the value, 16 hexadecimal digits. */
  readonly hash: string;
  /** Of a `cidr` alone. */
  readonly network?: NetworkWidth;
  /** A sentence, without personal data. */
  readonly reason: string;
  readonly author: string;
  /** Milliseconds since the epoch. */
  readonly createdMs: number;
  /** From then on it counts no more, milliseconds since the epoch; Infinity: until somebody removes it. */
  readonly expiresMs: number;
  /** A ticket, a case. */
  readonly reference?: string;
}

/** The key of an entry's record. */
export function listKey({ list, type, hash }: Pick<ListEntry, 'list' | 'type' | 'hash'>): string {
  return `${list}|${type}|${hash}`;
}

/** The parts of a key; undefined where it is none. */
export function readListKey(key: string): Pick<ListEntry, 'list' | 'type' | 'hash'> | undefined {
  const [list, type, hash, ...more] = key.split('|');
  const known = listTypes.find((one) => one === type);
  if (list === undefined || known === undefined || hash === undefined || more.length > 0) return undefined;
  return listName.test(list) && entryHash.test(hash) ? { list, type: known, hash } : undefined;
}

/** Characters of a reason. */
export const listReasonLengthMax = 512;
/** What lists may be called. */
export const listName = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** A keyed hash. */
export const entryHash = /^[0-9a-f]{16}$/;
