import type { Reason } from '../domain/decision.ts';
import type { ListEntry, ListType } from '../domain/list-entry.ts';

/** An entry as decisions name it: its list, type and keyed hash. */
export function nameOfEntry({ list, type, hash }: ListEntry): string {
  return `${list}:${type}:${hash}`;
}

const subjects: Readonly<Record<ListType, string>> = {
  account: 'The account',
  email: 'The mailbox',
  email_domain: 'The domain of the mailbox',
  phone: 'The phone number',
  ip: 'The address',
  cidr: 'The network of the address',
  device: 'The device',
  username_template: 'The template of the user name',
  asn: 'The operator of the address',
};

const fates = { allow: 'let through', deny: 'stopped', watch: 'watched' } as const;
const codes = { allow: 'LIST_ALLOW', deny: 'LIST_DENY', watch: 'LIST_WATCH' } as const;
/** None of who is watched: it is no reason for what was done, and whoever is told of it knows to be watched. */
const publicTexts = {
  allow: { publicText: 'Your account, or what it was made with, is on a list of those that we accept' },
  deny: { publicText: 'Your account, or what it was made with, is on a list of those that we do not accept' },
  watch: null,
} as const;

/**
 * The reason that an entry gives. What was written into the entry is not in it: who put it there and why is to be had by its name, which
 * is in the decision.
 */
export function reasonOfEntry({ list, kind, type }: ListEntry, contribution: number): Reason {
  return {
    code: codes[kind],
    text: `${subjects[type]} is on the list ${list} of what is ${fates[kind]}`,
    ...publicTexts[kind],
    contribution,
  };
}
