import type { Reason } from '../domain/decision.ts';
import type { GroupVerdictData } from '../domain/event.ts';
import type { EdgeKind } from '../domain/group-verdict.ts';
import { limits } from '../domain/limits.ts';
import { themes, type Theme } from '../features/reason.ts';

/** What each kind of tie is called, what accounts do that have it, and the theme that the person concerned is told. */
const kinds: Readonly<Record<EdgeKind, { readonly noun: string; readonly deed: string; readonly theme: Theme }>> = {
  device: { noun: 'a device', deed: 'were used on the same device', theme: 'device' },
  mailbox: { noun: 'a mailbox', deed: 'signed up with the same mailbox', theme: 'mailbox' },
  phone: { noun: 'a phone number', deed: 'signed up with the same phone number', theme: 'phone' },
  avatar: { noun: 'a picture', deed: 'show the same picture', theme: 'alike' },
  bio: { noun: 'a description', deed: 'describe themselves in the same words', theme: 'alike' },
  text: { noun: 'a text', deed: 'posted the same text', theme: 'content' },
  'name-template': {
    noun: 'a pattern of names',
    deed: 'came from one network within an hour and have names of one pattern',
    theme: 'name',
  },
};

/**
 * The reasons that an account's group gives: what the account itself has in common with others of it. What that is, a device or a text, is
 * not in them.
 */
export function reasonsOfGroup(data: GroupVerdictData): readonly Reason[] {
  if (data.action === 'allow') return [takenBack];
  const ties = data.ties.slice(0, limits.reasonsMax);
  if (ties.length === 0) return [membership(data)];
  return ties.map(({ kind, accounts }) => ({
    code: `GROUP_${kind.toUpperCase().replaceAll('-', '_')}`,
    text: `${accounts} of the ${data.size} accounts of its group, this one among them, ${kinds[kind].deed}`,
    publicText: themes[kinds[kind].theme],
    contribution: 1 / ties.length,
  }));
}

const takenBack: Reason = Object.freeze({
  code: 'GROUP_TAKEN_BACK',
  text: 'The group of the account was looked at again: what they have in common is no longer held against it',
  publicText: 'Your account was looked at again together with others, and what was held against them no longer is.',
  contribution: 1,
});

function membership({ kinds: shared, size }: GroupVerdictData): Reason {
  return {
    code: 'GROUP',
    text: `It is one of ${size} accounts that have in common: ${shared.map((kind) => kinds[kind].noun).join(', ')}`,
    publicText: themes.alike,
    contribution: 1,
  };
}
