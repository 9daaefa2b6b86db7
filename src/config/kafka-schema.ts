import type { z } from 'zod';
import { limits } from '../domain/limits.ts';
import { configuredTopics, type OptionalTopic, type RequiredTopic, type TopicRow } from '../domain/topics.ts';
import { bytes, choice, count, flag, list, milliseconds, optionalText, secret, section, text } from './setting.ts';
import { tlsSection } from './tls-schema.ts';

/** Kafka allows 249 characters, and no topic called `.` or `..`. Source: `org.apache.kafka.common.internals.Topic`. */
const topicName = {
  expected: 'a topic name of 1 to 249 letters, digits, dots, dashes and underscores',
  pattern: /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/,
};
/** A setting for each topic of the table; what is not required has no default. */
const topics = section(
  Object.fromEntries(configuredTopics.map(([role, row]) => [role, topicSetting(row)])) as unknown as Readonly<
    Record<RequiredTopic, ReturnType<typeof text>> & Record<OptionalTopic, ReturnType<typeof optionalText>>
  >,
);

function topicSetting({ name, key, presence, place, more, change }: TopicRow): z.ZodType {
  const keyed = key === 'account' ? `${place}, keyed by account id.` : `${place}.`;
  const notes = {
    ...topicName,
    example: name,
    reason: more === undefined ? keyed : `${keyed} ${more}`,
    change: change ?? 'The cluster has a naming scheme.',
  };
  return presence === 'required' ? text({ ...notes, default: name }) : optionalText(notes);
}

const tls = tlsSection({
  one: 'A broker',
  several: 'the brokers',
  example: 'kafka.example.com',
  asksForCertificate: 'The brokers ask for a client certificate (mutual TLS).',
});

const oauth = section({
  tokenUrl: optionalText({
    expected: 'an https or http address without user name, password and fragment',
    example: 'https://login.example.com/oauth2/token',
    pattern: /^https?:\/\/(?![^/?#]*@)[^\s/?#][^\s#]{0,1023}$/,
    reason: 'Where tokens come from (OAuth 2.0 client credentials grant).',
    change: 'Required by the mechanism oauthbearer.',
  }),
  clientId: optionalText({
    expected: 'a text of 1 to 256 characters',
    example: 'winnow',
    pattern: /^.{1,256}$/,
    reason: 'Who asks for the token.',
    change: 'Required by the mechanism oauthbearer.',
  }),
  clientSecret: secret({
    expected: 'a text of 1 to 4096 characters',
    pattern: /^[^]{1,4096}$/,
    remedy: 'Give the secret that the authorization server issued with the client id.',
    reason: 'Proves who asks for the token.',
    change: 'Required by the mechanism oauthbearer.',
  }),
  scope: optionalText({
    expected: 'scopes separated by spaces, at most 1024 characters',
    example: 'kafka',
    pattern: /^\S.{0,1023}$/,
    reason: 'What the token is asked for. Without it, what the server gives by default.',
    change: 'The authorization server wants a scope.',
  }),
});

const sasl = section({
  mechanism: choice(['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'], {
    default: 'none',
    reason: 'How Winnow says who it is. A broker on the own machine, or one with mutual TLS, needs none.',
    change: "The brokers' listener is SASL_SSL or SASL_PLAINTEXT: take the mechanism that it names.",
  }),
  username: optionalText({
    expected: 'a text of 1 to 256 characters',
    example: 'winnow',
    pattern: /^.{1,256}$/,
    reason: 'The name that the brokers know.',
    change: 'Required by plain and scram.',
  }),
  password: secret({
    expected: 'a text of 1 to 1024 characters',
    pattern: /^[^]{1,1024}$/,
    remedy: 'Give the password of the user name.',
    reason: 'The password of the user name.',
    change: 'Required by plain and scram.',
  }),
  oauth,
  clearTextAllowed: flag({
    default: false,
    reason:
      'plain and oauthbearer send the credential itself: without TLS, whoever listens has it. So that is refused.',
    change: 'On a closed network whose brokers have no TLS, knowing this.',
  }),
});

const consumer = section({
  fetchWaitMsMax: milliseconds({
    default: 50,
    min: 1,
    max: 5_000,
    reason:
      'How long a broker may sit on a fetch that has nothing to give. With several brokers, data of one waits until the fetch of ' +
      'another ends, so this is a bound on added latency, and not only idle traffic.',
    change: 'Raise it on a quiet topic to spare the brokers; lower it for latency.',
  }),
  fetchBytesMin: bytes({
    default: 1,
    min: 1,
    max: 10_485_760,
    reason: 'A broker answers as soon as it has this much. One byte: at once.',
    change: 'Raise it to trade latency for fewer, fuller fetches.',
  }),
  fetchBytesMax: bytes({
    default: 10_485_760,
    min: 65_536,
    max: 104_857_600,
    reason:
      'Bound on one answer of a broker, packed as it travels, and with it on memory: it is unpacked as it comes, and unless that made more of it than this, the next one waits beside it.',
    change: 'Raise it with many partitions per broker; lower it when memory is short.',
  }),
  partitionFetchBytesMax: bytes({
    default: 1_048_576,
    min: 65_536,
    max: 52_428_800,
    reason:
      'Bound on what one partition gives at a time: about 2,000 events, several batches. Twice an event fits at least.',
    change: 'Raise it to catch up faster; lower it so that a partition with a backlog delays the others less.',
  }),
  sessionTimeoutMs: milliseconds({
    default: 15_000,
    min: 6_000,
    max: 1_800_000,
    reason: 'After this long without a heartbeat the group gives the partitions to others.',
    change:
      'Lower it so that a dead process is replaced sooner; the brokers have bounds of their own (`group.*.session.timeout.ms`).',
  }),
  heartbeatIntervalMs: milliseconds({
    default: 300,
    min: 100,
    max: 60_000,
    reason:
      'A member hears of a rebalance by the answer to a heartbeat: this bounds how long partitions stand still when one joins.',
    change: 'Raise it when the coordinator has thousands of members to answer.',
  }),
  rebalanceTimeoutMs: milliseconds({
    default: 60_000,
    min: 6_000,
    max: 3_600_000,
    reason: 'How long members may take to finish what they have in hand when partitions move.',
    change: 'Raise it together with `store.holdMs`.',
  }),
  partitionsConcurrent: count({
    default: 2,
    min: 1,
    max: limits.partitionsUnsettledMax,
    reason:
      'Partitions decided at a time by one process, or an eighth of its partitions where that is more, or as many as have `batch.recordsMax` records together: while one waits for a store, another computes. There is one thread. What is decided and waits for its sends does not count.',
    change:
      'Raise it when the store is far away; more helps only where there is waiting, and accounts of two partitions see each other in a looser order.',
  }),
  startFrom: choice(['earliest', 'latest'], {
    default: 'earliest',
    reason: 'Where a group without committed offsets begins. At the earliest, no event is skipped.',
    change: 'Take latest when the topic holds a long past that nobody wants to be decided.',
  }),
  unreadable: choice(['hold', 'skip'], {
    default: 'hold',
    reason:
      'What becomes of a batch of records that cannot be read: damaged, or not to be unpacked. Its partition is held and named, and the others go on: nothing is lost before somebody has looked.',
    change:
      'Take skip to make each such batch one dead letter, with its hash and its first bytes, and to go on behind it.',
  }),
  metadataAgeMsMax: milliseconds({
    default: 30_000,
    min: 1_000,
    max: 3_600_000,
    reason: 'How long a member may take to see that a topic has got new partitions: it asks the brokers this often.',
    change: 'Raise it when there are hundreds of members, or topics with thousands of partitions.',
  }),
});

const producer = section({
  compression: choice(['none', 'gzip', 'snappy', 'lz4', 'zstd'], {
    default: 'none',
    reason: 'Decisions are few beside events; compressing them costs time on the only thread.',
    change: 'The network or the disks of the brokers are short, or `decisions.emit` is all.',
  }),
  requestTimeoutMs: milliseconds({
    default: 10_000,
    min: 100,
    max: 120_000,
    reason: 'How long all in-sync replicas may take to acknowledge; then the send is tried again.',
    change: 'Raise it when replicas are far apart.',
  }),
});

const retry = section({
  initialMs: milliseconds({
    default: 100,
    min: 1,
    max: 60_000,
    reason: 'Wait before the first repetition of a request; it doubles from there, with jitter.',
    change: 'Raise it when brokers need longer to come back and the log is noisy.',
  }),
  maxMs: milliseconds({
    default: 5_000,
    min: 1,
    max: 300_000,
    reason: 'Longest wait between two repetitions.',
    change: 'Raise it to spare brokers that are in trouble.',
  }),
  retriesMax: count({
    default: 8,
    min: 1,
    max: 100,
    reason:
      'Repetitions inside the consuming client before it reports a failure. Winnow then joins anew, and holds what it has: nothing is lost.',
    change: 'Lower it to hear of trouble sooner.',
  }),
});

export const kafka = section({
  brokers: list({
    expected: 'host:port with a port from 1 to 65535',
    example: 'kafka-1.example.com:9092',
    pattern:
      /^(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253}):([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/,
    entriesMax: 64,
    reason: 'Where to ask first for the cluster. Two or three, so that one may be down.',
    change: 'Always: `winnow run` requires it.',
  }),
  clientId: text({
    expected: 'a text of 1 to 249 letters, digits, dots, dashes and underscores',
    example: 'winnow',
    pattern: /^[A-Za-z0-9._-]{1,249}$/,
    default: 'winnow',
    reason: "The name by which brokers' logs, metrics and quotas know this client.",
    change: 'Several installations share a cluster.',
  }),
  groupId: text({
    expected: 'a text of 1 to 249 letters, digits, dots, dashes and underscores',
    example: 'winnow',
    pattern: /^[A-Za-z0-9._-]{1,249}$/,
    default: 'winnow',
    reason: 'Members of one group share the partitions and the offsets.',
    change: 'A second, independent installation reads the same topic.',
  }),
  topics,
  tls,
  sasl,
  consumer,
  producer,
  retry,
  startWaitMs: milliseconds({
    default: 60_000,
    min: 0,
    max: 3_600_000,
    reason:
      'How long a start waits for brokers that are not there yet, alive and not ready; then it ends with exit code 5. What else is wrong (rights, credentials, a missing topic) ends it at once.',
    change: 'Raise it where brokers take longer to start than Winnow; 0 does not wait.',
  }),
  connectionTimeoutMs: milliseconds({
    default: 3_000,
    min: 100,
    max: 120_000,
    reason: 'How long opening a connection may take, TLS included.',
    change: 'Raise it when brokers are on another continent.',
  }),
});
