import { setTimeout as sleep } from 'node:timers/promises';
import { LineWriter } from '../adapters/file/line-writer.ts';
import { standardStream } from '../adapters/file/records.ts';
import { readTextLines } from '../adapters/file/text-lines.ts';
import { TopicOutput } from '../adapters/kafka/topic-output.ts';
import type { KafkaLogger } from '../adapters/kafka/settings.ts';
import { createLogger } from '../adapters/log/logger.ts';
import { systemClock as clock } from '../adapters/system/clock.ts';
import type { Config } from '../config/schema.ts';
import type { Label, LabelSource } from '../domain/event.ts';
import { FailureError } from '../domain/failure.ts';
import type { Holds, OutgoingRecord } from '../ports.ts';
import { loadConfigOf } from './load-config.ts';
import { paced, recordsPerSlice } from './paced.ts';
import { commandId, commandTime, labelOf, type PersonCommand } from './person/command.ts';
import { pastDecisions, pastLabels, UnreadRecord, type PastTopic } from './person/past.ts';
import { Selection, type Chosen, type ChosenAccount, type Criteria } from './person/selection.ts';
import { formatCount, formatCounted, formatMs } from './style.ts';

/** The options of `winnow lift`, `block` and `label`. */
export interface PersonCommandOptions extends Omit<Criteria, 'accounts' | 'fromMs' | 'toMs'> {
  readonly verb: string;
  readonly label: Label;
  readonly by: LabelSource;
  readonly accounts?: string;
  /** Milliseconds since the epoch. */
  readonly from?: number;
  readonly to?: number;
  readonly at?: number;
  readonly askedAt?: number;
  readonly reason: string;
  readonly author: string;
  readonly decisions?: string;
  readonly labels?: string;
  readonly out?: string;
  readonly dryRun?: true;
  readonly limit: number;
  readonly rate: number;
  readonly command?: string;
  readonly config?: string;
}

/** For a person. Standard output is for labels. */
function tell(text: string): void {
  process.stderr.write(text);
}

/** A broker that does not answer is waited for: whoever waits is told why. */
const holds: Holds = {
  begin: () => ({
    tried: ({ message }, waitMs) => tell(`Kafka does not take labels now, again in ${formatMs(waitMs)}: ${message}\n`),
    end: () => undefined,
  }),
  current: () => [],
};

/** Finds the accounts that a command is about, says how many, and writes their labels. Throws `FailureError`. */
export async function runPerson(options: PersonCommandOptions): Promise<void> {
  const needsKafka = options.decisions === undefined || (options.out === undefined && options.dryRun !== true);
  const config = needsKafka ? loadConfigOf(options.config, process.env, ['kafka.brokers']) : null;
  const criteria = await criteriaOf(options);
  const selection = new Selection(criteria);
  const unread = { records: 0, ofNobody: 0 };
  const pass = ({ account }: UnreadRecord): void => {
    unread.records++;
    if (account === null) unread.ofNobody++;
    else selection.unread(account);
  };
  let newestMs = -Infinity;
  for await (const decision of pastDecisions(options.decisions, config && topicOf(config, 'decisions'))) {
    if (decision instanceof UnreadRecord) pass(decision);
    else {
      selection.decided(decision);
      newestMs = Math.max(newestMs, Date.parse(decision.time));
    }
  }
  const labels = options.decisions === undefined && config !== null ? topicOf(config, 'labels') : null;
  for await (const label of pastLabels(options.labels, labels)) {
    if (label instanceof UnreadRecord) pass(label);
    else selection.labelled(...label);
  }

  const chosen = selection.chosen();
  // Files are a stream of their own time, and a label of today would be ahead of it.
  const isOffline = options.decisions !== undefined && options.out !== undefined && Number.isFinite(newestMs);
  const command = commandOf(options, criteria, options.at ?? (isOffline ? newestMs : clock.nowMs()));
  tell(describe(command, chosen));
  const isTooMany = chosen.accounts.length > options.limit;
  if (options.dryRun === true) {
    const more = isTooMany ? ` It is more than the limit: it will need --limit ${chosen.accounts.length}.` : '';
    tell(`Nothing was written: this was a dry run.${more}\n`);
  } else if (isTooMany) refuse(chosen.accounts.length, options.limit);
  else if (chosen.accounts.length > 0) await write(command, chosen.accounts, options, config);
  if (unread.records > 0) miss(unread);
}

async function write(
  command: PersonCommand,
  accounts: readonly ChosenAccount[],
  options: PersonCommandOptions,
  config: Config | null,
): Promise<void> {
  tell(`Should it be interrupted: the same again with --command ${command.id} goes on.\n`);
  const written =
    options.out === undefined
      ? await writeToTopic(command, accounts, options.rate, config!)
      : await writeToFile(command, accounts, options.out);
  tell(`Wrote ${formatCounted(accounts.length, 'label')} to ${written}.\n`);
}

async function criteriaOf(options: PersonCommandOptions): Promise<Criteria> {
  const { label, accounts, rule, model, policy, list, group, from, to } = options;
  const given = { rule, model, policy, list, group, fromMs: from, toMs: to };
  const present = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<Criteria>;
  return { label, ...present, ...(accounts === undefined ? {} : { accounts: await readAccounts(accounts) }) };
}

async function readAccounts(path: string): Promise<ReadonlySet<string>> {
  const accounts = new Set<string>();
  for await (const line of readTextLines(path)) if (line.trim() !== '') accounts.add(line.trim());
  if (accounts.size > 0) return accounts;
  throw new FailureError({ code: 'INPUT_UNREADABLE', message: 'it names no account.', path });
}

function commandOf(options: PersonCommandOptions, criteria: Criteria, nowMs: number): PersonCommand {
  const { verb, label, by, author, reason, askedAt: askedMs } = options;
  const about = { ...criteria, accounts: criteria.accounts && [...criteria.accounts], by, author, reason, askedMs };
  const id = options.command ?? commandId(verb, nowMs, about);
  const timeMs = commandTime(id, verb);
  const isSame = timeMs !== undefined && id === commandId(verb, timeMs, about);
  if (isSame && askedMs !== undefined && askedMs > timeMs)
    throw new FailureError({ code: 'INPUT_UNREADABLE', message: 'it was asked (--asked-at) after it was answered.' });
  if (isSame) return { id, timeMs, label, by, author, reason, ...(askedMs === undefined ? {} : { askedMs }) };
  const message = `${id} is the id of another command. Give the same options as the first time.`;
  throw new FailureError({ code: 'INPUT_UNREADABLE', message });
}

function refuse(accounts: number, limit: number): never {
  const message = `${formatCounted(accounts, 'account')} would be labelled, and the limit is ${formatCount(limit)}.`;
  throw new FailureError({ code: 'LABELS_TOO_MANY', message });
}

/** What could be read is done, and whoever relies on all of it learns that it is not all. */
function miss({ records, ofNobody }: { records: number; ofNobody: number }): never {
  const what = `${formatCounted(records, 'record')} of the decisions and labels topics could not be read by this version`;
  const whose = ofNobody === 0 ? '' : ` ${formatCount(ofNobody)} of them may be about any account.`;
  const message = `${what}: accounts that their keys name are lifted only by --accounts alone.${whose}`;
  throw new FailureError({ code: 'DECISIONS_UNREAD', message });
}

async function writeToFile(command: PersonCommand, accounts: readonly ChosenAccount[], path: string): Promise<string> {
  const writer = new LineWriter(path);
  for (const account of accounts) await writer.write(labelOf(command, account));
  await writer.close();
  return path === standardStream ? 'standard output' : path;
}

async function writeToTopic(
  command: PersonCommand,
  accounts: readonly ChosenAccount[],
  rate: number,
  config: Config,
): Promise<string> {
  const topic = config.kafka.topics.labels;
  if (topic === undefined)
    throw new FailureError({
      code: 'CONFIG_INVALID',
      message: 'kafka.topics.labels is not named: nobody reads labels.',
    });
  const output = new TopicOutput({ ...kafkaOf(config), holds, progress: () => undefined, topic });
  await output.open();
  try {
    const send = paced(rate, (slice: readonly OutgoingRecord[]) => output.send(slice), clock, sleep);
    const step = recordsPerSlice(rate);
    for (let from = 0; from < accounts.length; from += step)
      await send(accounts.slice(from, from + step).map((account) => recordOf(command, account)));
  } finally {
    await output.close();
  }
  return topic;
}

function recordOf(command: PersonCommand, account: ChosenAccount): OutgoingRecord {
  return {
    key: account.accountId,
    value: labelOf(command, account),
    headers: [{ name: 'content-type', value: 'application/cloudevents+json; charset=UTF-8' }],
  };
}

function kafkaOf({ kafka, log: { level } }: Config) {
  const logger = createLogger(level === 'info' ? 'warn' : level, clock, 'stderr');
  const log: KafkaLogger = (at, message, fields) => logger[at](message, fields);
  return { settings: kafka, log, clock };
}

/** Null where it is not named: nobody writes it. */
function topicOf(config: Config, role: 'decisions' | 'labels'): PastTopic | null {
  const topic = config.kafka.topics[role];
  return topic === undefined ? null : { ...kafkaOf(config), topic };
}

/** For a person, before anything is done. */
function describe(
  { id, label }: PersonCommand,
  { accounts, decisions, labelledGenuine, free, others, foundFake, unknown }: Chosen,
): string {
  const what = `${formatCounted(decisions, 'decision')} of ${formatCounted(accounts.length, 'account')} to be labelled ${label}`;
  const known = `${formatCount(labelledGenuine)} of them found genuine before`;
  const left = free === 0 ? '' : `\n${formatCounted(free, 'account')} left out: nothing stands for them any more.`;
  const apart =
    others === 0
      ? ''
      : `\n${formatCounted(others, 'account')} left out: something else brought what stands for them (--accounts names them all the same).`;
  const judged =
    foundFake === 0
      ? ''
      : `\n${formatCounted(foundFake, 'account')} left out: a person found them fake (--accounts names them all the same).`;
  return `${[`${id}: ${what}, ${known}.${left}${apart}${judged}`, ...unknown].join('\n')}\n`;
}
