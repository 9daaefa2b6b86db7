import type { z } from 'zod';

import { actions } from '../domain/decision.ts';
import { governorDefaults } from '../domain/governor.ts';
import { limits } from '../domain/limits.ts';
import { readNetworkBlock } from '../domain/network-blocks.ts';
import { archive } from './archive-schema.ts';
import { kafka } from './kafka-schema.ts';
import { control } from './control-schema.ts';
import { lists } from './lists-schema.ts';
import { reports } from './reports-schema.ts';
import type { Secret } from './secret.ts';
import {
  checkedList,
  choice,
  count,
  countOrAuto,
  flag,
  milliseconds,
  optionalPath,
  optionalTime,
  section,
  subset,
  text,
} from './setting.ts';
import { model } from './model-schema.ts';
import { state } from './state-schema.ts';
import { valkey } from './valkey-schema.ts';

const batch = section({
  recordsMax: count({
    default: 512,
    min: 1,
    max: limits.batchRecordsMax,
    reason:
      'Events that are decided together, at most: fewer where fewer have come. Each step of a batch finds its own data gone from the cache of the processor, so that 512 cost 0.93 of what 256 cost, an event. At 1024 it is 0.9, and the one thread is held for twice as long.',
    change:
      'Lower it when a batch of a backlog takes longer than the latency you want; raise it where a backlog alone counts.',
  }),
});

const events = section({
  behindMsMax: milliseconds({
    default: limits.eventBehindMsMax,
    min: 60_000,
    max: limits.durationMsMax,
    reason:
      'An event whose time is further behind the clock is a dead letter, `EVENT_TIME_BEHIND`: it would change what was decided since. Seven days.',
    change:
      'Raise it where devices send what happened while they were offline for longer, or before a backlog of more days is read. Windows count seven days back in any case.',
  }),
  decideFrom: optionalTime({
    reason:
      'What happened, and was written to its topic, before this time fills history and is not decided; what came later is decided. With `kafka.consumer.startFrom` earliest, a new group learns from what the topic holds without acting on it.',
    change:
      'For the first start on a platform that has been there before: the time of that start, or a later one, until which Winnow only watches. Once set, leave it: what comes again is then taken as before.',
  }),
  pastMsMax: milliseconds({
    default: limits.durationMsMax,
    min: 60_000,
    max: limits.accountAgeMsMax,
    reason:
      'How long before `decideFrom` an event of the past may have happened; an earlier one is a dead letter, `EVENT_TIME_BEHIND`. A year.',
    change: 'A topic that keeps more than a year is read from its beginning.',
  }),
});

const imports = section({
  disorderMsMax: milliseconds({
    default: limits.eventBehindMsMax,
    min: 60_000,
    max: limits.accountAgeMsMax,
    reason:
      'How far an event of a file that `winnow import` reads may be behind the newest before it, however long ago all of it was. What is further is left out: windows are of no use to events in no order.',
    change:
      'Raise it for files that cannot be sorted by time, such as exports account by account; their windows are then too low.',
  }),
});

const store = section({
  holdMs: milliseconds({
    default: 30_000,
    min: 100,
    max: 3_600_000,
    reason:
      'While the store does not answer, partitions are held this long before decisions are made without it, marked degraded.',
    change: 'Raise it to prefer late decisions to degraded ones.',
  }),
  retryInitialMs: milliseconds({
    default: 50,
    min: 1,
    max: 60_000,
    reason: 'Wait before the store is asked again; it doubles from there, with jitter.',
    change: 'Raise it when a store that comes back is overrun.',
  }),
  retryMaxMs: milliseconds({
    default: 2_000,
    min: 1,
    max: 300_000,
    reason: 'Longest wait between two tries: bounds how late it is noticed that the store is back.',
    change: 'Together with `retryInitialMs`.',
  }),
});

const policy = section({
  file: optionalPath({
    reason: 'The policy document. Without it, the default policy that Winnow brings.',
    change: 'As soon as you have thresholds or rules of your own.',
  }),
  pollMs: milliseconds({
    default: 2_000,
    min: 100,
    max: 3_600_000,
    reason: 'How often the document is looked at; a changed one holds from the next batch on.',
    change: 'Raise it on a network file system.',
  }),
});

const norms = section({
  file: optionalPath({
    reason:
      'What is usual on your platform, made by `winnow calibrate` from its past events. Without it the score alone asks for review at most, and decisions say `uncalibrated`.',
    change: 'As soon as you have a week of events; and again after a new model, or when the platform has changed.',
  }),
  pollMs: milliseconds({
    default: 2_000,
    min: 100,
    max: 3_600_000,
    reason: 'How often the file is looked at; changed norms hold from the next batch on.',
    change: 'Raise it on a network file system.',
  }),
  gatheredFile: optionalPath({
    reason:
      'Where this member writes what is usual in what it decided itself, once that is enough to be adopted (7 days, 100,000 events of 5,000 accounts), and again every 7 days. It does not take it by itself.',
    change:
      'Name a file of its own, look at it, and copy it to `norms.file`; `winnow calibrate` does the same over more events.',
  }),
  drift: section({
    featuresPercentMax: count({
      default: 15,
      min: 0,
      max: 100,
      reason:
        'Percentage of the features that may be far from the norms (a population stability index of 0.25, and more than chance). With more, in two windows in a row, the score alone asks for review at most, and decisions say `drift`.',
      change: 'Take 100 to be told and nothing else; lower it where the platform is steady.',
    }),
    windowEvents: count({
      default: 20_000,
      min: 1_000,
      max: 10_000_000,
      reason: 'Events of a member after which what came is held against the norms.',
      change: 'Raise it towards a day of events, where the hours of a day differ.',
    }),
  }),
});

/** A share in whole percent, for people. */
const percent = (share: number): number => Math.round(share * 100);

const governor = section({
  blocksMin: count({
    default: governorDefaults.blocksMin,
    min: 1,
    max: 1_000_000,
    reason:
      'New blocks within an hour, of one rule, model, list or kind of group in one segment (a country, a kind of mail provider or of operator, or the whole), that are never too many.',
    change: 'Raise it when a usual campaign against you has more accounts an hour; lower it when you have few.',
  }),
  blocksMax: count({
    default: governorDefaults.blocksMax,
    min: 1,
    max: 10_000_000,
    reason: 'New blocks within an hour that are too many, whatever their share: what people could still look through.',
    change: 'Raise it with the number of accounts and of reviewers.',
  }),
  signupPercentMax: count({
    default: percent(governorDefaults.signupShareMax),
    min: 1,
    max: 1_000,
    reason: 'Percentage of the signups of the segment, in the hour and in the day, that one cause may block.',
    change: 'Raise it where most signups are fake; causes that act on older accounts may then go above 100.',
  }),
  timesUsualMax: count({
    default: governorDefaults.timesUsualMax,
    min: 1,
    max: 10_000,
    reason: 'Times the mean of the same hour of the last seven days that one cause may block, once it is a day old.',
    change: 'Lower it where attacks are steady; raise it where they come in waves.',
  }),
  overturnedPercentMax: count({
    default: percent(governorDefaults.overturnedShareMax),
    min: 1,
    max: 100,
    reason: 'Percentage of the blocks of a cause in seven days that people may overturn.',
    change: 'Lower it when nearly all who appeal against a wrong block do so.',
  }),
  overturnedMin: count({
    default: governorDefaults.overturnedMin,
    min: 1,
    max: 100_000,
    reason: 'Overturned blocks below which their percentage says nothing.',
    change: 'Together with `overturnedPercentMax`.',
  }),
  probationMs: milliseconds({
    default: governorDefaults.probationMs,
    min: 0,
    max: limits.eventBehindMsMax,
    reason:
      'From its first block on, and from each trip meanwhile, a new rule, model or list has lower caps for this time of the events: a day.',
    change: 'Raise it when people need longer to notice; 0 has none.',
  }),
  probationPercent: count({
    default: percent(governorDefaults.probationShare),
    min: 1,
    max: 100,
    reason: 'Percentage of each cap that holds on probation.',
    change: 'Lower it when nobody looks at new rules before they act.',
  }),
  retryAfterMs: milliseconds({
    default: governorDefaults.retryAfterMs,
    min: 60_000,
    max: 86_400_000,
    reason:
      'After a trip, how long a cause blocks nobody before it is tried again; it doubles with each trip in a row.',
    change: 'Raise it to the time that your people take to look.',
  }),
  retryPercent: count({
    default: percent(governorDefaults.retryShare),
    min: 1,
    max: 100,
    reason: 'Percentage of the accounts that it may then block, and of the cap that ends the trial.',
    change: 'Lower it when a wrong block is dear.',
  }),
});

const reference = section({
  ownNetworks: checkedList({
    expected: 'a block of addresses such as 203.0.113.0/24, without bits beyond its length',
    example: '2a01:4f8::/32',
    check: (entry) => readNetworkBlock(entry) !== undefined,
    entriesMax: 256,
    reason:
      'Load balancers, proxies and offices of your own: an event from there says nothing of where its account is. Private addresses never do.',
    change:
      'When gateways hand on their own address instead of the client’s, or calls of your own services create events.',
  }),
  hostingAsns: asns({
    reason: 'Autonomous systems where servers are rented, beside the list in `src/adapters/reference/hosting-asns.ts`.',
    change: 'A hoster that your attackers use is not in the list; whois names its number.',
  }),
  peopleAsns: asns({
    reason: 'Autonomous systems of that list out of which people come, whatever else is rented there.',
    change: 'Your users come through one, as through a school’s or an employer’s cloud.',
  }),
});

/** Numbers of autonomous systems (RFC 6793). */
function asns(why: { readonly reason: string; readonly change: string }) {
  return checkedList({
    expected: 'a number of an autonomous system, without AS before it',
    example: '64496',
    check: (entry) => /^[1-9]\d{0,9}$/.test(entry) && Number(entry) < 2 ** 32,
    entriesMax: 4_096,
    ...why,
  });
}

const decisions = section({
  emit: subset(actions, {
    default: ['challenge', 'review', 'block'],
    reason:
      'Actions that are written to the topic. Nearly all events end in allow, which says nothing; a change back to it is always written.',
    change: 'Take all to have one decision per event, with its score.',
  }),
});

const http = section({
  host: text({
    expected: 'an address or host name of 1 to 253 characters',
    example: '127.0.0.1',
    pattern: /^[A-Za-z0-9.:-]{1,253}$/,
    default: '127.0.0.1',
    reason: 'Where /startupz, /livez, /readyz and /metrics listen. They ask for no password, so the own machine only.',
    change: 'Probes or Prometheus come from elsewhere, as in a container: 0.0.0.0, with `remoteAllowed`.',
  }),
  port: count({
    default: 9_464,
    min: 0,
    max: 65_535,
    reason: 'The usual port of exporters of this kind; 0 takes any that is free.',
    change: 'It is taken.',
  }),
  remoteAllowed: flag({
    default: false,
    reason: 'That others may read health and metrics has to be said, and is not the side effect of an address.',
    change: 'Together with `host`, where the network is trusted.',
  }),
});

const log = section({
  level: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    default: 'info',
    reason: 'What a person should know: starts, stops, loads, failures. Nothing per event.',
    change: 'Take debug to look for a cause, warn when logs are expensive.',
  }),
});

const workers = section({
  count: countOrAuto({
    default: 1,
    min: 1,
    max: 64,
    reason:
      'Processes on this machine, each a member of the group with a thread that computes; one listener answers for all. `auto` is one a core, and one in all where history is embedded, which members cannot share.',
    change: 'With `state.store` valkey, on a machine with several cores. No more than partitions: who has none waits.',
  }),
});

const shutdown = section({
  deadlineMs: milliseconds({
    default: 25_000,
    min: 1_000,
    max: 3_600_000,
    reason:
      'From SIGTERM on, to finish, flush, commit and leave; then the process ends with exit code 1. Below the 30 s of Kubernetes.',
    change: 'Together with `terminationGracePeriodSeconds`.',
  }),
});

/** All settings. The order is the one of the reference and of `winnow check-config --print`. */
export const configSchema = section({
  kafka,
  batch,
  events,
  import: imports,
  state,
  store,
  valkey,
  model,
  policy,
  norms,
  governor,
  lists,
  control,
  reference,
  decisions,
  archive,
  reports,
  http,
  log,
  workers,
  shutdown,
});

/** The compiled configuration: every default filled in, frozen all the way down. */
export type Config = Frozen<z.output<typeof configSchema>>;

type Frozen<T> = T extends Secret | string | number | boolean | undefined
  ? T
  : T extends readonly (infer Entry)[]
    ? readonly Frozen<Entry>[]
    : { readonly [Key in keyof T]: Frozen<T[Key]> };

/** Path of a setting, such as `kafka.sasl.password`. */
export type SettingPath = PathOf<Config>;

type PathOf<T> = {
  [Key in keyof T & string]-?: NonNullable<T[Key]> extends Secret | readonly unknown[] | string | number | boolean
    ? Key
    : `${Key}.${PathOf<NonNullable<T[Key]>>}`;
}[keyof T & string];

/** What `winnow run` cannot do without, and no default can guess. */
export const requiredToRun = ['kafka.brokers', 'state.keySecret'] as const satisfies readonly SettingPath[];
