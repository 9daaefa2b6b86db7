import assert from 'node:assert/strict';
import type { AccountEvent } from '../domain/event.ts';
import type { EntityKeyHasher } from './entity-key.ts';
import { filled, type EventFacts } from './facts.ts';
import type { ObservationBatch } from './observation.ts';
import {
  elementCount,
  entityKinds,
  kindLayouts,
  spanBit,
  type CountName,
  type DistinctName,
  type EntityKind,
} from './state.ts';
import { nameShape } from './text-measures.ts';

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
  accountLoginFailures: bit('account', 'login_failures'),
  accountReports: bit('account', 'reports'),
  ipSignups: bit('ip', 'signups'),
  ipSignupFailures: bit('ip', 'signup_failures'),
  networkSignups: bit('network', 'signups'),
  deviceSignups: bit('device', 'signups'),
  domainSignups: bit('email_domain', 'signups'),
  phonePrefixSignups: bit('phone_prefix', 'signups'),
  nameShapeSignups: bit('name_shape', 'signups'),
  clientSignups: bit('client', 'signups'),
  targetActions: bit('target', 'actions'),
  textUses: bit('text', 'uses'),
};

const elementOf = {
  accountDevices: element('account', 'devices'),
  accountNetworks: element('account', 'networks'),
  accountTargets: element('account', 'targets'),
  accountReporters: element('account', 'reporters'),
  accountTexts: element('account', 'texts'),
  ipAccounts: element('ip', 'accounts'),
  ipDevices: element('ip', 'devices'),
  networkDevices: element('network', 'devices'),
  networkShapes: element('network', 'shapes'),
  deviceAccounts: element('device', 'accounts'),
  deviceNetworks: element('device', 'networks'),
  mailboxAccounts: element('mailbox', 'accounts'),
  targetActors: element('target', 'actors'),
  textAccounts: element('text', 'accounts'),
};

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
    batch.eventKeys[row] = this.#hash(eventDomain, `${event.source}\n${event.id}`);
    const account = this.#touch('account', event.subject, accountAdds(event), facts.isOwn ? spanBit : 0);
    const network = this.#observeOrigin(facts, account);
    switch (event.type) {
      case 'account.signup':
        this.#observeSignup(facts, account, network);
        break;
      case 'social.request_sent':
        this.#observeTarget(event.data.target, account);
        break;
      case 'content.created':
        this.#observeTarget(filled(event.data.target), account);
        if (event.data.text_hash !== undefined) {
          // Hex digits of either case are the same hash.
          const text = this.#touch('text', event.data.text_hash.toLowerCase(), add.textUses);
          this.#show(elementOf.textAccounts, account);
          this.#show(elementOf.accountTexts, text);
        }
        break;
      case 'account.reported': {
        const reporter = filled(event.data.reporter);
        if (reporter !== undefined) this.#show(elementOf.accountReporters, this.#hash(reporterDomain, reporter));
        break;
      }
      default:
        break;
    }
  }

  /** Address and device. Signups count there; everything else only reads them. Answers the network's element, 0 for none. */
  #observeOrigin(facts: EventFacts, account: number): number {
    const { deviceId, address, signup } = facts;
    const failed = signup?.status === 'failed';
    const counts = signup !== undefined && !failed;
    let network = 0;
    if (address !== undefined) {
      this.#touch('ip', address.host, counts ? add.ipSignups : failed ? add.ipSignupFailures : 0);
      network = this.#touch('network', address.network, counts ? add.networkSignups : 0);
      this.#show(elementOf.accountNetworks, network);
      if (signup !== undefined) this.#show(elementOf.ipAccounts, account);
    }
    if (deviceId !== undefined) {
      const device = this.#touch('device', deviceId, counts ? add.deviceSignups : 0);
      this.#show(elementOf.accountDevices, device);
      this.#show(elementOf.deviceNetworks, network);
      if (signup !== undefined) this.#show(elementOf.deviceAccounts, account);
      if (signup !== undefined && network !== 0) {
        this.#show(elementOf.ipDevices, device);
        this.#show(elementOf.networkDevices, device);
      }
    }
    return network;
  }

  #observeSignup(facts: EventFacts, account: number, network: number): void {
    const { context, address, signup, email, phone, username, userAgent } = facts;
    const counts = signup?.status !== 'failed';
    if (email !== undefined) {
      this.#touch('email_domain', email.domain, counts ? add.domainSignups : 0);
      this.#touch('mailbox', email.mailbox, 0);
      this.#show(elementOf.mailboxAccounts, account);
    }
    if (phone !== undefined && phone.length > phoneSubscriberDigits) {
      this.#touch('phone_prefix', phone.slice(0, -phoneSubscriberDigits), counts ? add.phonePrefixSignups : 0);
    }
    if (address === undefined) return;
    if (username !== undefined) {
      const shape = this.#touch(
        'name_shape',
        `${address.network}\n${nameShape(username)}`,
        counts ? add.nameShapeSignups : 0,
      );
      if (network !== 0) this.#show(elementOf.networkShapes, shape);
    }
    if (userAgent !== undefined) {
      const client = `${address.network}\n${userAgent}\n${context?.locale ?? ''}\n${context?.timezone ?? ''}\n${context?.screen ?? ''}`;
      this.#touch('client', client, counts ? add.clientSignups : 0);
    }
  }

  #observeTarget(target: string | undefined, account: number): void {
    if (target === undefined) return;
    this.#show(elementOf.accountTargets, this.#touch('target', target, add.targetActions));
    this.#show(elementOf.targetActors, account);
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

/** Which of the account's counts an event adds to. */
function accountAdds(event: AccountEvent): number {
  switch (event.type) {
    case 'account.login':
      return add.accountEvents | (event.data.status === 'failed' ? add.accountLoginFailures : 0);
    case 'social.request_sent':
      return add.accountEvents | add.accountRequests;
    case 'social.request_answered':
      return event.data.outcome === 'accepted' ? add.accountAnswersGood : add.accountAnswersBad;
    case 'content.created': {
      const links = (event.data.link_domains?.length ?? 0) > 0 ? add.accountLinks : 0;
      return add.accountEvents | links | (event.data.kind === 'like' ? add.accountLikes : add.accountContents);
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
