import type { SharedValue } from '../domain/group-member.ts';
import { epochsOf } from '../domain/group-epoch.ts';
import { groupEdgeKinds, type EdgeKind } from '../domain/group-verdict.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import type { EventFacts } from '../features/facts.ts';
import { nameSkeleton } from '../features/name-text.ts';
import { nameShape } from '../features/text-measures.ts';

const hourMs = 3_600_000;

/** Hash domains of the kinds, in their order: no entity kind and nothing else that is hashed has these numbers. */
const firstDomain = 200;

/**
 * Accounts that live in a network from which on it is a crowd's: a carrier, a school, an office, a relay. Names that are made alike
 * there in one hour tie nobody.
 */
export const residentsMax = 20;

/**
 * Kinds that say the same. Machines and names of one network in one hour are both a matter of one desk, such as that of a school's
 * reception; mailbox and phone are both how somebody is reached, as a family is; a picture and a text about oneself are both what a
 * firm or a club gives its people. Only ties of two families are independent.
 */
export const familyOf: Readonly<Record<EdgeKind, 'desk' | 'contact' | 'profile'>> = {
  device: 'desk',
  'name-template': 'desk',
  mailbox: 'contact',
  phone: 'contact',
  avatar: 'profile',
  bio: 'profile',
  text: 'profile',
};

/**
 * What an event shows that accounts may share: keyed hashes, one of each kind in each epoch in which the event counts. Values that
 * stand in for nothing, such as a blank picture or a nil device, are missing from the facts already. An address ties nobody, whoever's it
 * is; a name template within a network and an hour does, unless the network is rented machines (relays, proxies, VPNs) or a crowd's.
 *
 * @param residents accounts that are young no more and act from the network of the event, NaN where that is not known.
 */
export function tiesOf(
  facts: EventFacts,
  edges: ReadonlySet<EdgeKind>,
  residents: number,
  hasher: EntityKeyHasher,
): readonly SharedValue[] {
  const values: SharedValue[] = [];
  for (const kind of groupEdgeKinds) {
    const text = edges.has(kind) ? shownBy[kind](facts, residents) : undefined;
    if (text === undefined) continue;
    for (const epoch of epochsOf(facts.event.timeMs)) {
      hasher.hashText(firstDomain + groupEdgeKinds.indexOf(kind), `${epoch}\n${text}`);
      values.push({ kind, epoch, keyHigh: hasher.high, keyLow: hasher.low });
    }
  }
  return values;
}

/** What an event shows of each kind; undefined where it shows nothing. */
const shownBy: Readonly<Record<EdgeKind, (facts: EventFacts, residents: number) => string | undefined>> = {
  device: (facts) => (isJoining(facts) ? facts.deviceId : undefined),
  mailbox: (facts) => (isJoining(facts) ? facts.email?.mailbox : undefined),
  phone: (facts) => (isJoining(facts) ? facts.phone : undefined),
  avatar: ({ avatarHash }) => avatarHash,
  bio: ({ bio }) => (bio === undefined ? undefined : nameSkeleton(bio)),
  text: ({ textHash }) => textHash,
  'name-template': (facts, residents) => (isJoining(facts) ? nameTemplate(facts, residents) : undefined),
};

/** Whether the event makes an account: one that only tries makes none. */
function isJoining({ signup }: EventFacts): boolean {
  return signup?.status === 'succeeded';
}

function nameTemplate(
  { event, username, address, addressReference }: EventFacts,
  residents: number,
): string | undefined {
  if (username === undefined || address === undefined) return undefined;
  if (addressReference?.isHosting === true || residents > residentsMax) return undefined;
  return `${address.network}\n${nameShape(username)}\n${Math.floor(event.timeMs / hourMs)}`;
}
