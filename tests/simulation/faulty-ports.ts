import { FailureError } from '../../src/domain/failure.ts';
import type { ObservationBatch } from '../../src/features/observation.ts';
import type {
  AccountKeys,
  FeatureStore,
  OutgoingRecord,
  Output,
  OutputName,
  Position,
  SnapshotBatch,
  StandingChange,
} from '../../src/ports.ts';
import { demand, type Ledger } from './ledger.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What is the matter with the neighbours of the processes now: virtual times up to which it lasts. */
export interface Weather {
  /** By partition. */
  readonly storeAwayUntilMs: number[];
  readonly storeSlowUntilMs: number[];
  sendFailsUntilMs: number;
  sendFailure: 'refused' | 'answer lost' | 'half taken';
  sendSlowUntilMs: number;
}

/** Milliseconds that one call of the store takes at most. */
export const storeCallMsMax = 400;

/** A store that is slow or away where the weather says so, before it has done what it was asked or after. */
export class FaultyStore implements FeatureStore {
  readonly #store: FeatureStore;
  readonly #time: VirtualTime;
  readonly #weather: Weather;
  /** By partition: the last answer but forgetting. */
  readonly #settled = new Map<number, number>();
  /** By partition: since when each call has failed; and the last record that was settled here. */
  readonly failingSinceMs = new Map<number, number>();
  readonly settledTo = new Map<number, number>();

  constructor(store: FeatureStore, time: VirtualTime, weather: Weather) {
    this.#store = store;
    this.#time = time;
    this.#weather = weather;
  }

  async observe(batch: ObservationBatch): Promise<SnapshotBatch> {
    const answer = await this.#answer(batch.partition, () => this.#store.observe(batch));
    const former = this.#settled.get(batch.partition) ?? -1;
    demand(
      answer.settledOffset >= former,
      () => `the settled offset went back from ${former} to ${answer.settledOffset}`,
    );
    this.#settled.set(batch.partition, answer.settledOffset);
    return answer;
  }

  async settle(position: Position, changes: readonly StandingChange[]): Promise<void> {
    await this.#answer(position.partition, () => this.#store.settle(position, changes));
    this.settledTo.set(position.partition, position.offset);
  }

  forget(account: AccountKeys): Promise<void> {
    return this.#store.forget(account);
  }

  forgetOffsets(topic: string, partition: number, topicId?: string): Promise<void> {
    this.#settled.delete(partition);
    this.settledTo.delete(partition);
    return this.#store.forgetOffsets(topic, partition, topicId);
  }

  probe(topic: string, partition: number): Promise<void> {
    return this.#answer(partition, () => this.#store.probe(topic, partition));
  }

  size(): number {
    return this.#store.size();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #answer<T>(partition: number, ask: () => Promise<T>): Promise<T> {
    const { storeAwayUntilMs, storeSlowUntilMs } = this.#weather;
    const isSlow = this.#time.nowMs < storeSlowUntilMs[partition]!;
    const startMs = this.#time.nowMs;
    await this.#time.sleep(isSlow ? this.#time.whole(50, storeCallMsMax) : this.#time.whole(0, 4));
    if (this.#time.nowMs >= storeAwayUntilMs[partition]!) {
      const answer = await ask();
      this.failingSinceMs.delete(partition);
      return answer;
    }
    if (this.#time.chance(0.1)) await ask();
    if (!this.failingSinceMs.has(partition)) this.failingSinceMs.set(partition, startMs);
    throw new FailureError({ code: 'STORE_UNAVAILABLE', message: 'no answer.' });
  }
}

/** An output that is slow, refuses, takes half, or takes all and says nothing. */
export class FaultyOutput implements Output {
  readonly #time: VirtualTime;
  readonly #weather: Weather;
  readonly #ledger: Ledger;

  constructor(time: VirtualTime, weather: Weather, ledger: Ledger) {
    this.#time = time;
    this.#weather = weather;
    this.#ledger = ledger;
  }

  async send(output: OutputName, records: readonly OutgoingRecord[]): Promise<void> {
    const isSlow = this.#time.nowMs < this.#weather.sendSlowUntilMs;
    await this.#time.sleep(isSlow ? this.#time.whole(100, 2_000) : this.#time.whole(1, 15));
    const fails = this.#time.nowMs < this.#weather.sendFailsUntilMs;
    const { sendFailure } = this.#weather;
    const taken =
      !fails || sendFailure === 'answer lost' ? records.length : sendFailure === 'half taken' ? records.length >> 1 : 0;
    for (const record of records.slice(0, taken)) this.#ledger.take(output, record);
    if (fails) throw new FailureError({ code: 'SEND_FAILED', message: `${sendFailure}.` });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
