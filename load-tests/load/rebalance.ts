import { setTimeout as sleep } from 'node:timers/promises';
import type { Producer } from 'kafkajs';
import { startValkey } from '../../tests/servers/valkey.ts';
import { plainProducer } from './clients.ts';
import type { RebalanceOptions } from './options.ts';
import type { Processor } from './processors.ts';
import { startReader } from './reader.ts';
import type { Session } from './session.ts';
import { Silences } from './silences.ts';
import { makeEvents, type LoadEvent } from './stream.ts';
import { nowMs } from './time.ts';

/** What one change of the group cost. */
export interface Change {
  readonly name: string;
  /** From its begin until the group is well again, and a little longer. */
  readonly seconds: number;
  /** Of all partitions, the longest time for which one had no output. */
  readonly silenceMsMax: number;
  /** Of half of the partitions no time was longer. */
  readonly silenceMsMedian: number;
}

export interface RebalanceResult {
  readonly changes: readonly Change[];
  readonly sent: number;
  /** Events without a decision: anything but 0 is a failure. */
  readonly missing: number;
  /** Second decisions of an event: after a kill, those that were not committed. */
  readonly repeated: number;
}

/** Members before a change; the one that joins is one more. */
const membersStart = 4;
/** Before the first change: code is compiled, and the group is at rest. */
const warmUpMs = 20_000;
/** After a change, so that a silence that it began is seen to end. Longer than a session of a dead member. */
const settleMs = 5_000;
const settleDeadMs = 25_000;
const tickMs = 5;
const drainMsMax = 60_000;

interface Decided {
  readonly data: {
    readonly trigger: { readonly partition: number; readonly event_id: string };
  };
}

/** Members with one history in Valkey, under a steady load, while the group changes: what a join, a leave, a rolling restart and a death cost. */
export async function measureRebalance(options: RebalanceOptions, session: Session): Promise<RebalanceResult> {
  const { partitions, rate, seed } = options;
  const valkey = await startValkey();
  session.onClose(() => valkey.stop());
  const shared = { WINNOW_STATE_STORE: 'valkey', WINNOW_VALKEY_NODES: valkey.nodes.join(',') };
  const wiring = session.wiring('rebalance', 'all');
  await session.createTopics({
    [wiring.events]: partitions,
    [wiring.decisions]: partitions,
    [wiring.deadLetters]: 1,
  });
  const silences = new Silences(partitions);
  const decided = new Map<string, number>();
  const reader = await startReader(session.settings('rebalance-reader'), wiring.decisions, (records, atMs) => {
    for (const { value } of records) {
      const { partition, event_id: id } = (JSON.parse(String(value)) as Decided).data.trigger;
      decided.set(id, (decided.get(id) ?? 0) + 1);
      silences.heard(partition, atMs);
    }
  });
  session.onClose(() => reader.stop());
  const start = session.memberStarter(wiring, shared);
  const members: Processor[] = [];
  for (let member = 0; member < membersStart; member++) members.push(await start());
  const load = await Load.begin({ rate, seed, seconds: options.seconds }, wiring.events, session);

  const changes: Change[] = [];
  const during = async (name: string, afterMs: number, change: () => Promise<unknown>): Promise<void> => {
    session.say(`${name}.`);
    const fromMs = nowMs();
    await change();
    await sleep(afterMs);
    const toMs = nowMs();
    const longest = silences.longestMs(fromMs, toMs).toSorted((one, other) => one - other);
    const silenceMsMedian = longest[Math.floor(longest.length / 2)]!;
    changes.push({ name, seconds: (toMs - fromMs) / 1_000, silenceMsMax: longest.at(-1)!, silenceMsMedian });
  };
  await sleep(warmUpMs);
  await during('nothing changes', settleMs, () => sleep(settleMs));
  await during('one joins', settleMs, async () => members.push(await start()));
  await during('one leaves', settleMs, () => members.pop()!.stop());
  await during('rolling restart of four', settleMs, async () => {
    for (let turn = 0; turn < membersStart; turn++) {
      await members.shift()!.stop();
      members.push(await start());
    }
  });
  await during('one dies', settleDeadMs, () => members.pop()!.kill());

  const sent = await load.end();
  const missing = (): number => sent.filter(({ id }) => !decided.has(id)).length;
  for (const endMs = nowMs() + drainMsMax; missing() > 0 && nowMs() < endMs;) await sleep(500);
  const repeated = [...decided.values()].reduce((sum, times) => sum + times - 1, 0);
  return { changes, sent: sent.length, missing: missing(), repeated };
}

/** Events at a steady rate, until it is told to end. */
class Load {
  readonly #events: readonly LoadEvent[];
  readonly #producer: Producer;
  readonly #running: Promise<number>;
  #isEnding = false;

  static async begin(
    { rate, seed, seconds }: { readonly rate: number; readonly seed: number; readonly seconds: number },
    topic: string,
    session: Session,
  ): Promise<Load> {
    const producer = plainProducer(session.settings('generator'));
    session.onClose(() => producer.disconnect());
    await producer.connect();
    return new Load(makeEvents({ count: rate * seconds, seed, endMs: Date.now() }), rate, topic, producer);
  }

  private constructor(events: readonly LoadEvent[], rate: number, topic: string, producer: Producer) {
    this.#events = events;
    this.#producer = producer;
    this.#running = this.#run(rate, topic);
    this.#running.catch(() => undefined); // whoever ends it is told
  }

  /** Resolves with the events that were sent, once all of them are acknowledged. */
  async end(): Promise<readonly LoadEvent[]> {
    this.#isEnding = true;
    return this.#events.slice(0, await this.#running);
  }

  /** How many were sent. */
  async #run(rate: number, topic: string): Promise<number> {
    const startMs = nowMs();
    const sending: Promise<unknown>[] = [];
    let next = 0;
    while (!this.#isEnding) {
      const due = Math.floor(((nowMs() - startMs) * rate) / 1_000);
      if (due > this.#events.length)
        throw new Error('The changes took longer than there were events: raise --seconds.');
      if (due > next) sending.push(this.#producer.send({ topic, acks: -1, messages: this.#events.slice(next, due) }));
      next = due;
      await sleep(tickMs);
    }
    await Promise.all(sending);
    return next;
  }
}
