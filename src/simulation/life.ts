import type { EventContext, EventDataByType, EventType } from '../domain/event.ts';
import type { Account, Community } from './community.ts';
import type { Country } from './population/countries.ts';
import type { Profile } from './profile.ts';
import { appVersionAt, userAgentAt } from './population/devices.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** An event that is going to happen, before it has an envelope. */
export interface PlannedEvent {
  readonly timeMs: number;
  readonly account: Account;
  readonly type: EventType;
  readonly data: EventDataByType[EventType];
}

/**
 * One account's whole course, planned when its time has come. Everything in it follows from the account's own random
 * numbers, the world and the community, so that no account's course depends on the order in which others are planned.
 */
export class Life {
  readonly account: Account;
  readonly random: Random;
  readonly world: World;
  readonly community: Community;
  /** Nothing happens from here on, epoch milliseconds. */
  readonly endMs: number;
  readonly planned: PlannedEvent[] = [];

  constructor(account: Account, random: Random, world: World, community: Community, endMs: number) {
    this.account = account;
    this.random = random;
    this.world = world;
    this.community = community;
    this.endMs = endMs;
  }

  /** Notes an event down; what would lie after the end of the simulation is left out. */
  plan<T extends EventType>(timeMs: number, type: T, data: EventDataByType[T]): void {
    if (timeMs < this.endMs) this.planned.push({ timeMs: Math.round(timeMs), account: this.account, type, data });
  }
}

/** An account to come: what must be known of it before its course is planned. */
export interface Recruit {
  /** Time of its first signup event, epoch milliseconds. */
  readonly createdMs: number;
  readonly country: Country;
  readonly joins: boolean;
  /** Plans the course of its life. Called once for every run through the events. */
  readonly live: (life: Life) => void;
}

/** What segments and campaigns are recruited with. `random` is theirs while they recruit, and no longer. */
export interface Setting {
  readonly random: Random;
  readonly world: World;
  readonly startMs: number;
  readonly endMs: number;
}

/** Makes about as many accounts as asked for, exactly that many unless said otherwise. */
export type Recruiter = (setting: Setting, count: number) => readonly Recruit[];

/**
 * The client and connection for the actions of one sitting that begins at `timeMs`. Which members a client leaves out is
 * chance, the same for everybody: their presence tells nothing.
 */
export function openSession(life: Life, profile: Profile, timeMs: number): EventContext {
  const { random } = life;
  const main = profile.devices[0];
  const device = random.chance(0.8) && main !== undefined ? main : random.pick(profile.devices);
  const connection = profile.connect(random, timeMs);
  const appVersion = appVersionAt(device, timeMs);
  return {
    ip: connection.ip,
    ...(random.chance(0.96) && { device_id: device.id }),
    user_agent: userAgentAt(device, timeMs),
    locale: profile.locale,
    ...(random.chance(0.95) && { timezone: connection.timeZone ?? profile.timeZone.name }),
    ...(random.chance(0.94) && { screen: device.screen }),
    ...(appVersion !== undefined && { app_version: appVersion }),
  };
}
