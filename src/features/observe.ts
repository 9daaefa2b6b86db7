import assert from 'node:assert/strict';
import { contentKinds, eventKey, eventTypes, type AccountEvent } from '../domain/event.ts';
import type { EntityKeyHasher } from './entity-key.ts';
import type { EventFacts } from './facts.ts';
import { labelCodes, type ObservationBatch } from './observation.ts';
import {
  elementCount,
  entityKinds,
  kindLayouts,
  measureCount,
  spanBit,
  type CountName,
  type DistinctName,
  type EntityKind,
} from './state.ts';
import { nameSkeleton } from './name-text.ts';
import { nameShape, nameStem } from './text-measures.ts';

const kindCount = entityKinds.length;
/** Hash domain of event ids: no entity kind has this number. */
const eventDomain = 255;
/** Hash domain of reporters, who are counted but are no entity of the reported account's event. */
const reporterDomain = 254;

const kindIndex = Object.fromEntries(entityKinds.map((kind, index) => [kind, index])) as Record<EntityKind, number>;

/** The bit of a count within its kind's `adds`. */
function bit<K extends EntityKind>(kind: K, name: CountName<K>): number {
  const position = kindLayouts[kindIndex[kind]]!.counts.findIndex((count) => count.name === name);
  assert(position >= 0);
  return 1 << position;
}

/** The place of a distinct counter within an event's elements. */
function element<K extends EntityKind>(kind: K, name: DistinctName<K>): number {
  const counter = kindLayouts[kindIndex[kind]]!.distincts.find((distinct) => distinct.name === name);
  assert(counter !== undefined);
  return counter.elementIndex;
}

const add = {
  accountEvents: bit('account', 'events'),
  accountRequests: bit('account', 'requests'),
  accountAnswersGood: bit('account', 'answers_good'),
  accountAnswersBad: bit('account', 'answers_bad'),
  accountContents: bit('account', 'contents'),
  accountLikes: bit('account', 'likes'),
  accountLinks: bit('account', 'links'),
  accountTexts: bit('account', 'texts_used'),
  accountLoginFailures: bit('account', 'login_failures'),
  accountSignupFailures: bit('account', 'signup_failures'),
  accountReports: bit('account', 'reports'),
  ipSignups: bit('ip', 'signups'),
  ipSignupFailures: bit('ip', 'signup_failures'),
  networkSignups: bit('network', 'signups'),
  asnSignups: bit('asn', 'signups'),
  deviceSignups: bit('device', 'signups'),
  domainSignups: bit('email_domain', 'signups'),
  phonePrefixSignups: bit('phone_prefix', 'signups'),
  nameShapeSignups: bit('name_shape', 'signups'),
  nameStemSignups: bit('name_stem', 'signups'),
  clientSignups: bit('client', 'signups'),
  cohortSignups: bit('cohort', 'signups'),
  userAgentSignups: bit('user_agent', 'signups'),
  appVersionSignups: bit('app_version', 'signups'),
  platformSignups: bit('platform', 'signups'),
  targetActions: bit('target', 'actions'),
  textUses: bit('text', 'uses'),
};

const elementOf = {
  accountDevices: element('account', 'devices'),
  accountNetworks: element('account', 'networks'),
  accountAddresses: element('account', 'addresses'),
  accountCountries: element('account', 'countries'),
  accountTargets: element('account', 'targets'),
  accountReporters: element('account', 'reporters'),
  accountTexts: element('account', 'texts'),
  accountHours: element('account', 'hours'),
  accountSeconds: element('account', 'seconds'),
  accountActs: element('account', 'acts'),
  ipAccounts: element('ip', 'accounts'),
  ipDevices: element('ip', 'devices'),
  ipResidents: element('ip', 'residents'),
  networkAccounts: element('network', 'accounts'),
  networkDevices: element('network', 'devices'),
  networkResidents: element('network', 'residents'),
  deviceAccounts: element('device', 'accounts'),
  deviceNetworks: element('device', 'networks'),
  mailboxAccounts: element('mailbox', 'accounts'),
  phoneAccounts: element('phone', 'accounts'),
  displayNameAccounts: element('display_name', 'accounts'),
  bioAccounts: element('bio', 'accounts'),
  avatarAccounts: element('avatar', 'accounts'),
  targetActors: element('target', 'actors'),
  targetYoungActors: element('target', 'young_actors'),
  textAccounts: element('text', 'accounts'),
};

const formMeasure = kindLayouts[kindIndex.cohort]!.measures.find(({ name }) => name === 'form_log')!.measureIndex;

const hourMs = 3_600_000;
const hoursPerDay = 24;
const secondsPerMinute = 60;

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

  /** Fills row `row`: what this event touches, adds to, and shows to distinct counters. */
  observe(facts: EventFacts, offset: number, batch: ObservationBatch, row: number): void {
    const { event } = facts;
    this.#batch = batch;
    this.#row = row;
    batch.offsets[row] = offset;
    batch.timesMs[row] = event.timeMs;
    batch.eventKeys[row] = this.#hash(eventDomain, eventKey(event));
    const account = this.#touch('account', event.subject, accountAdds(facts), facts.isOwn ? spanBit : 0);
    if (facts.isOwn) this.#observeHabits(event);
    this.#observeOrigin(facts, account);
    this.#observeDisplayName(facts, account);
    switch (event.type) {
      case 'account.signup':
        this.#observeSignup(facts, account);
        break;
      case 'account.profile_updated':
        this.#observeCopy('bio', facts.bio, elementOf.bioAccounts, account);
        this.#observeCopy('avatar', facts.avatarHash, elementOf.avatarAccounts, account);
        break;
      case 'social.request_sent':
        this.#observeTarget(facts.target, account);
        break;
      case 'content.created':
        this.#observeTarget(facts.target, account);
        if (facts.textHash !== undefined) {
          const text = this.#touch('text', facts.textHash, add.textUses);
          this.#show(elementOf.textAccounts, account);
          this.#show(elementOf.accountTexts, text);
        }
        break;
      case 'account.reported': {
        const { reporter } = facts;
        if (reporter !== undefined) this.#show(elementOf.accountReporters, this.#hash(reporterDomain, reporter));
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

  /** When and how variedly the account acts. */
  #observeHabits(event: AccountEvent): void {
    this.#show(elementOf.accountHours, spread(Math.floor(event.timeMs / hourMs) % hoursPerDay));
    this.#show(elementOf.accountSeconds, spread(Math.floor(event.timeMs / 1000) % secondsPerMinute));
    this.#show(elementOf.accountActs, spread(actOf(event)));
  }

  /** Address and device. Signups count there; everything else only reads them. */
  #observeOrigin(facts: EventFacts, account: number): void {
    const { deviceId, address, addressReference, signup } = facts;
    const failed = signup?.status === 'failed';
    const counts = signup !== undefined && !failed;
    let network = 0;
    if (address !== undefined) {
      const ip = this.#touch('ip', address.host, counts ? add.ipSignups : failed ? add.ipSignupFailures : 0);
      this.#show(elementOf.accountAddresses, ip);
      network = this.#touch('network', address.network, counts ? add.networkSignups : 0);
      this.#show(elementOf.accountNetworks, network);
      // The store takes them from accounts that are young no more.
      this.#show(elementOf.ipResidents, account);
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
      if (counts) this.#show(elementOf.deviceAccounts, account);
      if (counts && network !== 0) {
        this.#show(elementOf.ipDevices, device);
        this.#show(elementOf.networkDevices, device);
      }
    }
  }

  #observeSignup(facts: EventFacts, account: number): void {
    const { context, address, signup, email, emailDomain, phone, username, userAgent, appVersion } = facts;
    const counts = signup?.status !== 'failed';
    this.#batch.joins[this.#row] = counts ? 1 : 0;
    this.#touch('platform', 'all', counts ? add.platformSignups : 0);
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
    if (formMs !== undefined) this.#batch.measures[this.#row * measureCount + formMeasure] = Math.log1p(formMs);
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

  /** Names the entity of a kind; answers its element for distinct counters. */
  #touch(kind: EntityKind, text: string, adds: number, moves: number = spanBit): number {
    const index = kindIndex[kind];
    this.#hasher.hashText(index, text);
    const at = this.#row * kindCount + index;
    this.#batch.keys[at * 2] = this.#hasher.high;
    this.#batch.keys[at * 2 + 1] = this.#hasher.low;
    this.#batch.adds[at] = adds | moves;
    // High half: the low half already chooses the bucket in a store's table.
    return this.#hasher.high === 0 ? 1 : this.#hasher.high;
  }

  #show(index: number, value: number): void {
    this.#batch.elements[this.#row * elementCount + index] = value;
  }

  #hash(domain: number, text: string): number {
    this.#hasher.hashText(domain, text);
    return this.#hasher.low === 0 ? 1 : this.#hasher.low;
  }
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

/** Which of the account's counts an event adds to. */
function accountAdds({ event, textHash }: EventFacts): number {
  switch (event.type) {
    case 'account.signup':
      return add.accountEvents | (event.data.status === 'failed' ? add.accountSignupFailures : 0);
    case 'account.login':
      return add.accountEvents | (event.data.status === 'failed' ? add.accountLoginFailures : 0);
    case 'social.request_sent':
      return add.accountEvents | add.accountRequests;
    case 'social.request_answered':
      return event.data.outcome === 'accepted' ? add.accountAnswersGood : add.accountAnswersBad;
    case 'content.created': {
      const links = (event.data.link_domains?.length ?? 0) > 0 ? add.accountLinks : 0;
      const texts = textHash === undefined ? 0 : add.accountTexts;
      return add.accountEvents | links | texts | (event.data.kind === 'like' ? add.accountLikes : add.accountContents);
    }
    case 'account.reported':
      return add.accountReports;
    case 'account.labelled':
    case 'account.erasure_requested':
      return 0;
    default:
      return add.accountEvents;
  }
}
