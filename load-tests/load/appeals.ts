import { setTimeout as sleep } from 'node:timers/promises';
import type { Producer } from 'kafkajs';
import { plainProducer } from './clients.ts';
import { latenciesOf, newHistogram, record, type Latencies } from './latencies.ts';
import type { AppealsOptions } from './options.ts';
import { startReader } from './reader.ts';
import type { Session } from './session.ts';
import { nowMs } from './time.ts';

/** How long blocked accounts waited for their lift. */
export interface AppealsResult {
  readonly appeals: number;
  readonly lifted: number;
  /** Accepted appeals without a lift: anything but 0 is a failure. */
  readonly missing: number;
  /** From when the accepted appeal was handed to Kafka until the decision that lifts was read. */
  readonly latencyMs: Latencies | null;
}

/** Of each four appeals one comes before, and is not measured: code is not compiled yet. */
const warmUpPart = 1 / 4;
const waitMsMax = 120_000;
const accountsPerRequest = 200;

interface Decided {
  readonly subject: string;
  readonly data: { readonly action: string; readonly cause: { readonly kind: string } };
}

/** Blocks accounts by labels, then accepts their appeals, one record at a time. */
export async function measureAppeals(options: AppealsOptions, session: Session): Promise<AppealsResult> {
  const warmUp = Math.ceil(options.appeals * warmUpPart);
  const accounts = Array.from({ length: warmUp + options.appeals }, (_, index) => `acc_${options.seed}_${index}`);
  const wiring = { ...session.wiring('appeals', null), labels: session.topic('appeals-labels') };
  const { events, decisions, deadLetters, labels } = wiring;
  const { partitions } = options;
  await session.createTopics({ [events]: partitions, [labels]: partitions, [decisions]: partitions, [deadLetters]: 1 });
  const producer = plainProducer(session.settings('appeals-generator'));
  session.onClose(() => producer.disconnect());
  await producer.connect();
  await session.startProcessor('winnow', wiring);

  const [blockedMs, liftedMs] = [new Map<string, number>(), new Map<string, number>()];
  const reader = await startReader(session.settings('appeals-reader'), decisions, (records, atMs) => {
    for (const { value } of records) {
      const { subject, data } = JSON.parse(String(value)) as Decided;
      if (data.cause.kind !== 'label') continue;
      const seenMs = data.action === 'allow' ? liftedMs : blockedMs;
      if (!seenMs.has(subject)) seenMs.set(subject, atMs);
    }
  });
  session.onClose(() => reader.stop());

  session.say(`Blocking ${accounts.length} accounts.`);
  for (let from = 0; from < accounts.length; from += accountsPerRequest) {
    const messages = accounts
      .slice(from, from + accountsPerRequest)
      .map((account) => labelOf(account, 'fake', 'review'));
    await producer.send({ topic: labels, messages, acks: -1 });
  }
  await until(() => blockedMs.size === accounts.length, 'All accounts are blocked');

  session.say(`Accepting ${accounts.length} appeals, ${options.rate} a second, of which ${warmUp} are not measured.`);
  const sentMs = await sendEvenly(accounts, options.rate, producer, labels);
  await until(() => liftedMs.size === accounts.length, 'All accounts are lifted').catch(() => undefined);

  const histogram = newHistogram();
  const measured = accounts.slice(warmUp);
  for (const account of measured)
    if (liftedMs.has(account)) record(histogram, liftedMs.get(account)! - sentMs.get(account)!);
  const lifted = measured.filter((account) => liftedMs.has(account)).length;
  return {
    appeals: measured.length,
    lifted,
    missing: accounts.length - liftedMs.size,
    latencyMs: latenciesOf(histogram),
  };
}

/** When each accepted appeal was handed to Kafka. A slow broker delays no other: as many people wait as there are. */
async function sendEvenly(
  accounts: readonly string[],
  rate: number,
  producer: Producer,
  topic: string,
): Promise<ReadonlyMap<string, number>> {
  const sentMs = new Map<string, number>();
  const sending: Promise<unknown>[] = [];
  const startMs = nowMs();
  for (const [index, account] of accounts.entries()) {
    await sleep(Math.max(0, startMs + (index * 1_000) / rate - nowMs()));
    sentMs.set(account, nowMs());
    sending.push(producer.send({ topic, messages: [labelOf(account, 'genuine', 'appeal')], acks: -1 }));
  }
  await Promise.all(sending);
  return sentMs;
}

function labelOf(account: string, label: 'fake' | 'genuine', by: 'review' | 'appeal'): { key: string; value: string } {
  const event = {
    specversion: '1.0',
    id: `${account}-${label}`,
    source: '/load',
    type: 'account.labelled',
    subject: account,
    time: new Date().toISOString(),
    data: { label, by },
  };
  return { key: account, value: JSON.stringify(event) };
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  for (const startMs = nowMs(); !isSo();) {
    if (nowMs() - startMs > waitMsMax) throw new Error(`${what}: not within ${waitMsMax} ms`);
    await sleep(20);
  }
}
