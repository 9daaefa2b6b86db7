import { setTimeout as sleep } from 'node:timers/promises';
import { FailureError, type Failure, type FailureCode } from '../../domain/failure.ts';
import type { OpenHold } from '../../ports.ts';
import { backoffMs } from '../../net/backoff.ts';
import { classify, fewRetriesMax } from './failures.ts';
import { LagMeter } from './lag.ts';
import { GroupMember } from './member.ts';
import { OpenGaps } from './open-gaps.ts';
import { PartitionEndsReader } from './partition-ends.ts';
import { PartitionPasts } from './partition-pasts.ts';
import type { KafkaSettings } from './settings.ts';
import type { KafkaSourceOptions } from './source-options.ts';
import { StartPositions } from './start-positions.ts';

const consumeFailed: FailureCode = 'CONSUME_FAILED';
const tickMs = 1_000;
/** Until a request has run out of its time, and the next has had its own. */
const noticeMsMax = 20_000;
/** A member that is silent is given up; where the next one is too, it is not the member. */
const silentInARowMax = 1;

/**
 * Milliseconds for which a healthy loop may be silent: joining waits for all other members to finish what they have in
 * hand, and for those that died without a word to be given up.
 */
export function silentMsMax({ consumer }: KafkaSettings): number {
  return consumer.rebalanceTimeoutMs + consumer.sessionTimeoutMs + 30_000;
}

/**
 * The stream of records: a member of the consumer group, and after a crash or a silence of the client another one, with backoff, as
 * long as the cause may pass. `finished` never stays open in silence: it resolves after `close`, and rejects when a
 * person has to act.
 */
export class KafkaSource {
  readonly finished: Promise<void>;
  readonly #options: KafkaSourceOptions;
  readonly #finished = Promise.withResolvers<void>();
  readonly #closing = new AbortController();
  readonly #startPositions: StartPositions | undefined;
  readonly #ends: PartitionEndsReader;
  readonly #pasts = new PartitionPasts();
  readonly #gaps = new OpenGaps(() => this.#lagMeter?.measureSoon());
  #member: GroupMember | undefined;
  #progressMs: number;
  /** Members that were silent for as long as they may, since one was given partitions. */
  #silentInARow = 0;
  /** Milliseconds after which a member that has heard nothing is out of the group, and had the time to notice. */
  readonly #lostMsMin: number;
  #isLooking = false;
  /** Since the membership was lost; undefined while there is one. */
  #hold: OpenHold | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #lagMeter: LagMeter | undefined;

  constructor(options: Omit<KafkaSourceOptions, 'onLost'>) {
    this.#progressMs = options.clock.monotonicMs();
    this.#lostMsMin = options.settings.consumer.sessionTimeoutMs + noticeMsMax;
    const progress = (): void => {
      this.#progressed();
      options.progress();
    };
    const onAssigned = (): void => {
      this.#silentInARow = 0;
      this.#back();
      options.onAssigned();
    };
    const onLost = (failure: Failure): void => this.#away(failure, 0);
    this.#options = { ...options, progress, onAssigned, onLost };
    const { history } = options;
    this.#ends = new PartitionEndsReader(options);
    this.#startPositions = history && new StartPositions({ ...options, history, ends: this.#ends });
    this.finished = this.#finished.promise;
    this.finished.catch(() => undefined); // it is looked at when the caller gets to it
  }

  /** Begins; `onAssigned` and `finished` tell how it goes. */
  open(): void {
    this.#lagMeter = new LagMeter({
      ...this.#options,
      ends: this.#ends,
      gaps: this.#gaps,
      member: () => this.#member,
    });
    this.#ticker = setInterval(() => this.#tick(), tickMs).unref();
    this.#run()
      .then(this.#finished.resolve, this.#finished.reject)
      .finally(() => clearInterval(this.#ticker));
  }

  /** The member of the moment: its partitions, and how far it is in each. */
  get member(): GroupMember | undefined {
    return this.#member;
  }

  /** Stops fetching, finishes what is in flight and commits it. `close` comes next. */
  async drain(): Promise<void> {
    this.#closing.abort();
    await this.#member?.drain();
  }

  /** Drains, leaves the group and disconnects. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#member?.leave();
    if (this.#lagMeter === undefined) return; // it was never opened
    await this.finished.catch(() => undefined);
    await this.#lagMeter.close();
    await this.#ends.close();
  }

  async #run(): Promise<void> {
    const { settings } = this.#options;
    let unclassified = 0;
    for (let attempt = 1; !this.#closing.signal.aborted; attempt += 1) {
      this.#options.progress();
      this.#member = new GroupMember(this.#options, {
        startPositions: this.#startPositions,
        ends: this.#ends,
        pasts: this.#pasts,
        gaps: this.#gaps,
      });
      const end = await this.#member.live();
      if (end.kind === 'left' || (end.kind === 'crashed' && this.#closing.signal.aborted)) return;
      if (end.kind === 'stopped') throw end.error;
      if (this.#member.hasWorked) attempt = 1;
      const { failure, retry } = classify(end.error, consumeFailed);
      unclassified = retry === 'few' && !this.#member.hasWorked ? unclassified + 1 : 0;
      if (retry === 'never' || unclassified > fewRetriesMax) throw new FailureError(failure, { cause: end.error });
      const waitMs = backoffMs(attempt, settings.retry, Math.random());
      this.#away(failure, waitMs);
      await sleep(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  /** The membership is lost: told as a hold until partitions are assigned again. */
  #away(failure: Failure, waitMs: number): void {
    this.#hold ??= this.#options.holds.begin({ step: 'consume' });
    this.#hold.tried(failure, waitMs);
  }

  #back(): void {
    this.#hold?.end();
    this.#hold = undefined;
  }

  #tick(): void {
    this.#member?.tick();
    // Whoever has records in hand may wait as long as it takes: kafkajs fetches nothing meanwhile.
    if (this.#member?.hasInHand === true) this.#progressed();
    const silentMs = this.#options.clock.monotonicMs() - this.#progressMs;
    if (silentMs > silentMsMax(this.#options.settings)) this.#silent(silentMs);
    else if (silentMs > this.#lostMsMin && this.#member !== undefined) this.#lookAfter(this.#member);
  }

  /** kafkajs can wait without end for a connection that died without a word. Nothing in this process would notice. */
  #silent(silentMs: number): void {
    const error = silence(silentMs);
    this.#silentInARow += 1;
    if (this.#silentInARow > silentInARowMax) this.#finished.reject(error);
    else this.#giveUp(error);
  }

  /**
   * A member that is silent may be waiting for others to join, which takes as long as they have. Where it has heard nothing for so long that
   * its session is over, and the group, asked over another connection, waits for nobody, it never will: what it asked is lost.
   */
  #lookAfter(member: GroupMember): void {
    const isLost = (): boolean => this.#member === member && member.coordinator.silentMs > this.#lostMsMin;
    if (this.#isLooking || !isLost()) return;
    this.#isLooking = true;
    void this.#ends
      .isRebalancing()
      .then((isRebalancing) => {
        if (!isRebalancing && isLost()) this.#giveUp(silence(member.coordinator.silentMs));
      })
      .catch(() => undefined) // brokers that do not answer are no reason to give it up
      .finally(() => (this.#isLooking = false));
  }

  /** Whatever the member waits for, another one may get. */
  #giveUp(error: FailureError): void {
    this.#options.log('warn', 'The consumer is silent: another member takes its place.', { error: error.message });
    this.#away(error.failure, 0);
    this.#member?.giveUp(error);
    this.#options.progress();
  }

  #progressed(): void {
    this.#progressMs = this.#options.clock.monotonicMs();
  }
}

function silence(silentMs: number): FailureError {
  const message = `The consumer has been silent for ${Math.round(silentMs / 1_000)} s.`;
  return new FailureError({ code: consumeFailed, message });
}
