import { isScored } from '../../domain/event.ts';
import { assertNever } from '../../domain/failure.ts';
import type { EventFacts } from '../../features/facts.ts';

/** Events of an account that are listed one by one; all are counted. */
const eventsShownMax = 40;
/** Texts of one kind that are shown. */
const textsShownMax = 5;

/** What a reviewer is shown of an account: facts of its events, and of who shares its traits in the stream. No score, no reasons. */
export interface AccountFacts {
  readonly accountId: string;
  readonly events: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly byType: ReadonlyMap<string, number>;
  /** What the account says of itself: user names, display names, texts. */
  readonly names: ReadonlySet<string>;
  readonly bios: ReadonlySet<string>;
  /** What is left of contact and origin when the person is taken out: mailbox provider, country of the phone, of the address. */
  readonly origins: ReadonlyMap<string, number>;
  readonly clients: ReadonlySet<string>;
  readonly linkDomains: ReadonlySet<string>;
  readonly devices: number;
  readonly addresses: number;
  readonly targets: number;
  /** Other accounts of the stream on one of its devices, and at one of its addresses. */
  readonly alsoOnDevice: number;
  readonly alsoAtAddress: number;
  readonly timeline: readonly { readonly timeMs: number; readonly what: string }[];
}

interface Gathered extends AccountFacts {
  events: number;
  firstMs: number;
  lastMs: number;
  readonly byType: Map<string, number>;
  readonly names: Set<string>;
  readonly bios: Set<string>;
  readonly origins: Map<string, number>;
  readonly clients: Set<string>;
  readonly linkDomains: Set<string>;
  readonly deviceIds: Set<string>;
  readonly hosts: Set<string>;
  readonly targetIds: Set<string>;
  readonly timeline: { timeMs: number; what: string }[];
}

/**
 * Gathers what reviewers see of the chosen accounts. Shown is what a person needs to judge and the platform's moderators see anyway:
 * what the account writes for all to read, and counts. Addresses, mailboxes, phones and device ids are not shown, only
 * whence they are and how many accounts share them; nor whom the account wrote to, since that is about others. What people
 * judged before is left out, so that each answer is its own.
 */
export async function accountFacts(
  stream: AsyncIterable<EventFacts>,
  chosen: readonly string[],
): Promise<readonly AccountFacts[]> {
  const byAccount = new Map(chosen.map((accountId) => [accountId, gathered(accountId)]));
  const onDevice = new Map<string, Set<string>>();
  const atHost = new Map<string, Set<string>>();
  for await (const facts of stream) {
    const { subject, type } = facts.event;
    if (!isScored(type)) continue;
    if (facts.deviceId !== undefined) addTo(onDevice, facts.deviceId, subject);
    if (facts.address !== undefined) addTo(atHost, facts.address.host, subject);
    const account = byAccount.get(subject);
    if (account !== undefined) take(account, facts);
  }
  return chosen.map((accountId) => {
    const account = byAccount.get(accountId)!;
    return {
      ...account,
      devices: account.deviceIds.size,
      addresses: account.hosts.size,
      targets: account.targetIds.size,
      alsoOnDevice: others(account.deviceIds, onDevice, accountId),
      alsoAtAddress: others(account.hosts, atHost, accountId),
    };
  });
}

function gathered(accountId: string): Gathered {
  return {
    accountId,
    events: 0,
    firstMs: Infinity,
    lastMs: -Infinity,
    byType: new Map(),
    names: new Set(),
    bios: new Set(),
    origins: new Map(),
    clients: new Set(),
    linkDomains: new Set(),
    deviceIds: new Set(),
    hosts: new Set(),
    targetIds: new Set(),
    devices: 0,
    addresses: 0,
    targets: 0,
    alsoOnDevice: 0,
    alsoAtAddress: 0,
    timeline: [],
  };
}

function take(account: Gathered, facts: EventFacts): void {
  const { event, emailDomain, email, phone, phoneReference, address, addressReference, isOwn } = facts;
  account.events++;
  account.firstMs = Math.min(account.firstMs, event.timeMs);
  account.lastMs = Math.max(account.lastMs, event.timeMs);
  count(account.byType, event.type);
  for (const name of [facts.username, facts.displayName]) if (name !== undefined) keep(account.names, name);
  if (facts.bio !== undefined) keep(account.bios, facts.bio);
  if (facts.userAgent !== undefined && isOwn) keep(account.clients, facts.userAgent);
  if (facts.deviceId !== undefined) account.deviceIds.add(facts.deviceId);
  if (facts.target !== undefined) account.targetIds.add(facts.target);
  if (email !== undefined)
    count(account.origins, `mailbox at ${email.domain}${emailDomain?.isDisposable === true ? ' (disposable)' : ''}`);
  if (phone !== undefined) count(account.origins, `phone of ${phoneReference?.country ?? 'an unknown country'}`);
  if (address !== undefined) {
    account.hosts.add(address.host);
    const hosting = addressReference?.isHosting === true ? ', a data centre' : '';
    count(account.origins, `address in ${addressReference?.country ?? 'an unknown country'}${hosting}`);
  }
  if (event.type === 'content.created')
    for (const domain of event.data.link_domains ?? []) keep(account.linkDomains, domain);
  if (account.timeline.length < eventsShownMax) account.timeline.push({ timeMs: event.timeMs, what: describe(facts) });
}

/** An event in a few words, without whom it concerns. */
function describe({ event }: EventFacts): string {
  switch (event.type) {
    case 'account.signup':
      return `signup ${event.data.status}${event.data.form_ms === undefined ? '' : `, form filled in ${(event.data.form_ms / 1000).toFixed(1)} s`}`;
    case 'account.login':
      return `login by ${event.data.method} ${event.data.status}`;
    case 'account.verified':
      return `${event.data.channel} verification ${event.data.status}`;
    case 'account.profile_updated':
      return `changes ${['username', 'display_name', 'bio', 'avatar_hash'].filter((member) => member in event.data).join(', ') || 'the profile'}`;
    case 'social.request_sent':
      return `sends a ${event.data.verb} request`;
    case 'social.request_answered':
      return `its ${event.data.verb} request is ${event.data.outcome}`;
    case 'content.created':
      return `creates a ${event.data.kind}${(event.data.link_domains ?? []).length > 0 ? ' with links' : ''}`;
    case 'account.reported':
      return `is reported for ${event.data.reason}`;
    case 'account.labelled':
    case 'account.erasure_requested':
    case 'account.hold_placed':
    case 'account.hold_lifted':
    case 'account.group_verdict':
    case 'account.listed':
      return event.type;
    default:
      return assertNever(event);
  }
}

function keep(texts: Set<string>, text: string): void {
  if (texts.size < textsShownMax) texts.add(text);
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function addTo(sets: Map<string, Set<string>>, key: string, member: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([member]));
  else set.add(member);
}

function others(keys: ReadonlySet<string>, sharers: ReadonlyMap<string, ReadonlySet<string>>, self: string): number {
  const all = new Set([...keys].flatMap((key) => [...(sharers.get(key) ?? [])]));
  all.delete(self);
  return all.size;
}
