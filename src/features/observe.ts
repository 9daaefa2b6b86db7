import assert from 'node:assert/strict';
import { contentKinds, eventKey, eventTypes, isScored, type AccountEvent } from '../domain/event.ts';
import type { EntityKeyHasher } from './entity-key.ts';
import type { EventFacts } from './facts.ts';
import { elementOfKey, labelCodes, type ObservationBatch } from './observation.ts';
import {
  accountAdds,
  add,
  hasFailed,
  ipAdds,
  isSignedUp,
  isTried,
  networkAdds,
  platformAdds,
  siteAdds,
} from './observed-counts.ts';
import {
  elementCount,
  entityKinds,
  kindLayouts,
  measureCount,
  spanBit,
  type DistinctName,
  type EntityKind,
} from './state.ts';
import { nameSkeleton } from './name-text.ts';
import { nameShape, nameStem } from './text-measures.ts';

const kindCount = entityKinds.length;
/** Hash domain of event ids: no entity kind has this number. */
const eventDomain = 255;
/** Hash domains of what is counted but is no entity of its event: who reports another, whence, and user agents of devices. */
const reporterDomain = 254;
const reporterNetworkDomain = 253;
const agentDomain = 252;

const kindIndex = Object.fromEntries(entityKinds.map((kind, index) => [kind, index])) as Record<EntityKind, number>;

/** The place of a distinct counter within an event's elements. */
function element<K extends EntityKind>(kind: K, name: DistinctName<K>): number {
  const counter = kindLayouts[kindIndex[kind]]!.distincts.find((distinct) => distinct.name === name);
  assert(counter !== undefined);
  return counter.elementIndex;
}

const elementOf = {
  accountDevices: element('account', 'devices'),
  accountNetworks: element('account', 'networks'),
  accountAddresses: element('account', 'addresses'),
  accountCountries: element('account', 'countries'),
  accountTargets: element('account', 'targets'),
  accountReporters: element('account', 'reporters'),
  accountReporterNetworks: element('account', 'reporter_networks'),
  accountTexts: element('account', 'texts'),
  accountHours: element('account', 'hours'),
  accountSeconds: element('account', 'seconds'),
  accountActs: element('account', 'acts'),
  ipAccounts: element('ip', 'accounts'),
  ipDevices: element('ip', 'devices'),
  ipResidents: element('ip', 'residents'),
  networkAccounts: element('network', 'accounts'),
  networkDevices: element('network', 'devices'),
  siteResidents: element('site', 'residents'),
  networkResidents: element('network', 'residents'),
  deviceAccounts: element('device', 'accounts'),
  deviceNetworks: element('device', 'networks'),
  deviceAgents: element('device', 'agents'),
  mailboxAccounts: element('mailbox', 'accounts'),
  phoneAccounts: element('phone', 'accounts'),
  displayNameAccounts: element('display_name', 'accounts'),
  bioAccounts: element('bio', 'accounts'),
  avatarAccounts: element('avatar', 'accounts'),
  avatarNetworks: element('avatar', 'networks'),
  avatarRegulars: element('avatar', 'regulars'),
  targetActors: element('target', 'actors'),
  targetYoungActors: element('target', 'young_actors'),
  textAccounts: element('text', 'accounts'),
  textNetworks: element('text', 'networks'),
  textRegulars: element('text', 'regulars'),
  platformSpells: element('platform_part', 'spells'),
};

const formMeasure = kindLayouts[kindIndex.cohort]!.measures.find(({ name }) => name === 'form_log')!.measureIndex;

const hourMs = 3_600_000;
const hoursPerDay = 24;
/** Long enough to have an event on a small platform, as long as a bucket of a week. */
const spellMs = 12 * hourMs;
const secondsPerMinute = 60;

/** Parts of the platform: as many as make a part no busier than the signups of all. */
const platformParts = 16;

/** The last digits of a number that tell subscribers of one block apart. */
const phoneSubscriberDigits = 4;

/** Writes event after event into the columns of a batch. */
export class Observer {
  readonly #hasher: EntityKeyHasher;
  #batch!: ObservationBatch;
  #row = 0;

  constructor(hasher: EntityKeyHasher) {
    this.#hasher = hasher;
  }

  /**
   * Fills row `row`: what this event touches, adds to, and shows to distinct counters.
   * @param isErased the account goes, by this event; who asks for it does, unless the caller knows of something that holds it
   */
  observe(
    facts: EventFacts,
    offset: number,
    batch: ObservationBatch,
    row: number,
    isErased = facts.event.type === 'account.erasure_requested',
  ): void {
    const { event } = facts;
    this.#batch = batch;
    this.#row = row;
    batch.offsets[row] = offset;
    batch.timesMs[row] = event.timeMs;
    batch.eventKeys[row] = this.#hash(eventDomain, eventKey(event));
    batch.attempts[row] = isTried(facts) ? 1 : 0;
    if (isErased) {
      this.#observeErasure(event.subject);
      return;
    }
    const account = this.#touch('account', event.subject, accountAdds(facts), facts.isOwn ? spanBit : 0);
    if (isScored(event.type)) this.#observePlatform(event);
    if (facts.isOwn) this.#observeHabits(event);
    const network = this.#observeOrigin(facts, account);
    this.#observeDisplayName(facts, account);
    switch (event.type) {
      case 'account.signup':
        this.#observeSignup(facts, account);
        break;
      case 'account.profile_updated':
        this.#observeCopy('bio', facts.bio, elementOf.bioAccounts, account);
        this.#observeCopy('avatar', facts.avatarHash, elementOf.avatarAccounts, account);
        if (facts.avatarHash !== undefined) {
          this.#show(elementOf.avatarNetworks, network);
          this.#show(elementOf.avatarRegulars, account);
        }
        break;
      case 'social.request_sent':
        this.#observeTarget(facts.target, account);
        break;
      case 'content.created':
        this.#observeTarget(facts.target, account);
        if (facts.textHash !== undefined) {
          const text = this.#touch('text', facts.textHash, add.textUses);
          this.#show(elementOf.textAccounts, account);
          this.#show(elementOf.textRegulars, account);
          this.#show(elementOf.textNetworks, network);
          this.#show(elementOf.accountTexts, text);
        }
        break;
      case 'account.reported': {
        const { reporter } = facts;
        if (reporter !== undefined) this.#show(elementOf.accountReporters, this.#hash(reporterDomain, reporter));
        if (facts.reporterNetwork !== undefined)
          this.#show(elementOf.accountReporterNetworks, this.#hash(reporterNetworkDomain, facts.reporterNetwork));
        break;
      }
      case 'account.labelled':
        // A trap that Winnow or the platform set is no judgement of a person: a model must not learn from itself.
        if (event.data.by !== 'honeypot') batch.labels[row] = labelCodes[event.data.label];
        break;
      default:
        break;
    }
  }

  /** That Winnow was there to see something happen. */
  #observePlatform(event: AccountEvent): void {
    this.#touch('platform_part', String(partOf(event.subject)), 0);
    this.#show(elementOf.platformSpells, spread(Math.floor(event.timeMs / spellMs)));
  }

  /** The account goes, and what is known of it as somebody whom others act on. */
  #observeErasure(account: string): void {
    this.#batch.erases[this.#row] = 1;
    this.#touch('account', account, 0, 0);
    this.#touch('target', account, 0, 0);
  }

  /** When and how variedly the account acts. */
  #observeHabits(event: AccountEvent): void {
    this.#show(elementOf.accountHours, spread(Math.floor(event.timeMs / hourMs) % hoursPerDay));
    this.#show(elementOf.accountSeconds, spread(Math.floor(event.timeMs / 1000) % secondsPerMinute));
    this.#show(elementOf.accountActs, spread(actOf(event)));
  }

  /** Address and device. Signups count there; everything else only reads them. Returns the network's element, 0 for none. */
  #observeOrigin(facts: EventFacts, account: number): number {
    const { deviceId, address, addressReference } = facts;
    const counts = isSignedUp(facts);
    let network = 0;
    if (address !== undefined) {
      const ip = this.#touch('ip', address.host, counts ? ipAdds(facts) : hasFailed(facts) ? add.ipSignupFailures : 0);
      this.#show(elementOf.accountAddresses, ip);
      network = this.#touch('network', address.network, counts ? networkAdds(facts) : 0);
      this.#show(elementOf.accountNetworks, network);
      this.#touch('site', address.site, counts ? siteAdds(facts) : 0);
      // The store takes them from accounts that are young no more.
      this.#show(elementOf.ipResidents, account);
      this.#show(elementOf.siteResidents, account);
      this.#show(elementOf.networkResidents, account);
      if (counts) {
        this.#show(elementOf.ipAccounts, account);
        this.#show(elementOf.networkAccounts, account);
      }
    }
    if (addressReference?.asn !== undefined) {
      this.#touch('asn', String(addressReference.asn), counts ? add.asnSignups : 0);
    }
    if (addressReference?.country !== undefined) {
      this.#show(elementOf.accountCountries, spread(countryNumber(addressReference.country)));
    }
    if (deviceId !== undefined) {
      const device = this.#touch('device', deviceId, counts ? add.deviceSignups : 0);
      this.#show(elementOf.accountDevices, device);
      this.#show(elementOf.deviceNetworks, network);
      if (facts.userAgent !== undefined) this.#show(elementOf.deviceAgents, this.#hash(agentDomain, facts.userAgent));
      if (counts) this.#show(elementOf.deviceAccounts, account);
      if (counts && network !== 0) {
        this.#show(elementOf.ipDevices, device);
        this.#show(elementOf.networkDevices, device);
      }
    }
    return network;
  }

  #observeSignup(facts: EventFacts, account: number): void {
    const { context, address, signup, email, emailDomain, phone, username, userAgent, appVersion } = facts;
    const counts = isSignedUp(facts);
    this.#batch.joins[this.#row] = counts ? 1 : 0;
    this.#touch('platform', 'all', counts ? platformAdds(facts) : 0);
    if (email !== undefined) {
      // Subdomains cost nothing: what somebody registered is what counts.
      const domain = emailDomain?.registrable ?? email.domain;
      this.#touch('email_domain', domain, counts ? add.domainSignups : 0);
      this.#touch('mailbox', email.mailbox, 0);
      if (counts) this.#show(elementOf.mailboxAccounts, account);
    }
    if (phone !== undefined && phone.length > phoneSubscriberDigits) {
      this.#touch('phone', phone, 0);
      if (counts) this.#show(elementOf.phoneAccounts, account);
      this.#touch('phone_prefix', phone.slice(0, -phoneSubscriberDigits), counts ? add.phonePrefixSignups : 0);
    }
    if (userAgent !== undefined) this.#touch('user_agent', userAgent, counts ? add.userAgentSignups : 0);
    if (appVersion !== undefined) this.#touch('app_version', appVersion, counts ? add.appVersionSignups : 0);
    if (address === undefined) return;
    const shape = username === undefined ? undefined : nameShape(username);
    const client =
      userAgent === undefined
        ? undefined
        : `${userAgent}\n${context?.locale ?? ''}\n${context?.timezone ?? ''}\n${context?.screen ?? ''}`;
    if (username !== undefined) {
      this.#touch('site_shape', `${address.site}\n${shape}`, counts ? add.siteShapeSignups : 0);
      this.#touch('name_shape', `${address.network}\n${shape}`, counts ? add.nameShapeSignups : 0);
      this.#touch(
        'name_stem',
        `${address.network}\n${nameStem(nameSkeleton(username))}`,
        counts ? add.nameStemSignups : 0,
      );
    }
    if (client !== undefined) this.#touch('client', `${address.network}\n${client}`, counts ? add.clientSignups : 0);
    if (shape === undefined && client === undefined) return;
    this.#touch('cohort', `${address.network}\n${shape ?? ''}\n${client ?? ''}`, counts ? add.cohortSignups : 0);
    const formMs = signup?.form_ms;
    if (counts && formMs !== undefined)
      this.#batch.measures[this.#row * measureCount + formMeasure] = Math.log1p(formMs);
  }

  #observeDisplayName({ displayName }: EventFacts, account: number): void {
    this.#observeCopy('display_name', displayName, elementOf.displayNameAccounts, account);
  }

  /** Something that each account should have for itself. */
  #observeCopy(
    kind: 'display_name' | 'bio' | 'avatar',
    text: string | undefined,
    accounts: number,
    account: number,
  ): void {
    if (text === undefined) return;
    this.#touch(kind, nameSkeleton(text), 0);
    this.#show(accounts, account);
  }

  #observeTarget(target: string | undefined, account: number): void {
    if (target === undefined) return;
    this.#show(elementOf.accountTargets, this.#touch('target', target, add.targetActions));
    this.#show(elementOf.targetActors, account);
    this.#show(elementOf.targetYoungActors, account);
  }

  /** Names the entity of a kind; returns its element for distinct counters. */
  #touch(kind: EntityKind, text: string, adds: number, moves: number = spanBit): number {
    const index = kindIndex[kind];
    this.#hasher.hashText(index, text);
    const at = this.#row * kindCount + index;
    this.#batch.keys[at * 2] = this.#hasher.high;
    this.#batch.keys[at * 2 + 1] = this.#hasher.low;
    this.#batch.adds[at] = adds | moves;
    return elementOfKey(this.#hasher.high);
  }

  #show(index: number, value: number): void {
    this.#batch.elements[this.#row * elementCount + index] = value;
  }

  #hash(domain: number, text: string): number {
    this.#hasher.hashText(domain, text);
    return this.#hasher.low === 0 ? 1 : this.#hasher.low;
  }
}

/** The part of the platform that an account is in, 0 to `platformParts - 1`: the same under every secret. */
function partOf(account: string): number {
  let mixed = 0;
  for (let index = 0; index < account.length; index++) mixed = Math.imul(mixed, 31) + account.charCodeAt(index);
  return (mixed >>> 0) % platformParts;
}

/** Spreads a small number over 32 bits, never 0: distinct counters sample by size. Fibonacci hashing (Knuth, TAOCP 6.4). */
function spread(value: number): number {
  const spreadOut = Math.imul(value + 1, 0x9e3779b1) >>> 0;
  return spreadOut === 0 ? 1 : spreadOut;
}

/** A number for a country's two letters. */
function countryNumber(country: string): number {
  return country.charCodeAt(0) * 256 + country.charCodeAt(1);
}

/** A number for a kind of action: the type, and for content its kind. */
function actOf(event: AccountEvent): number {
  const kind = event.type === 'content.created' ? contentKinds.indexOf(event.data.kind) + 1 : 0;
  return eventTypes.indexOf(event.type) * 16 + kind;
}
