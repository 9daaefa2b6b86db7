import type { OutgoingRecord, OutputName } from '../../src/ports.ts';
import type { WireDecision } from '../../src/wire/decision-schema.ts';
import type { Broker } from './broker.ts';
import type { Streams } from './streams.ts';
import { virtualTime } from './virtual-time.ts';

/** Notes what must never be. It is not thrown: the code under test might take it for a failure of its neighbours and go on. */
export function demand(holds: boolean, what: () => string): void {
  if (!holds) virtualTime()!.violations.push(what());
}

interface Delivery {
  readonly text: string;
  readonly id?: string;
  readonly action?: string;
  readonly isMarked: boolean;
}

/** What became of each record, by partition, era and offset; and whether that may be. */
export class Ledger {
  readonly #deliveries = new Map<string, Delivery[]>();
  readonly #actions = new Map<string, { readonly action: string; isMarked: boolean }>();
  /** First offset of a partition's era from which history may differ: it was degraded there, and said so. */
  readonly #markedFrom = new Map<string, number>();
  readonly #committed = new Map<string, number>();
  /** By partition and era: records before this offset may be passed over, and nobody could know. */
  readonly #missableTo = new Map<string, number>();
  readonly #streams: Streams;
  readonly #broker: Broker;

  constructor(streams: Streams, broker: Broker) {
    this.#streams = streams;
    this.#broker = broker;
  }

  /** Partitions of which decisions said that something was missing. */
  get marked(): number {
    return this.#markedFrom.size;
  }

  get deliveries(): number {
    return this.#deliveries.size;
  }

  /** From this record on a partition's decisions may be others than undisturbed ones. */
  mark(partition: number, era: number, offset: number): void {
    const key = `${partition}.${era}`;
    this.#markedFrom.set(key, Math.min(offset, this.#markedFrom.get(key) ?? Infinity));
  }

  /**
   * Records below `low` are not there any more: what was not read is missing in history.
   * @param isForgotten history may begin before them, since a process begins with what was written down
   */
  lose(partition: number, low: number, isForgotten = false): void {
    const { era } = this.#broker.logs[partition]!;
    const committed = this.#committed.get(`${partition}.${era}`) ?? 0;
    if (low > 0 && (isForgotten || committed < low)) this.mark(partition, era, Math.min(low, committed));
  }

  /** Records before this offset may be taken for those of the topic that was there before. */
  mayMiss(partition: number, offset: number): void {
    const { era } = this.#broker.logs[partition]!;
    this.#missableTo.set(`${partition}.${era}`, offset);
    this.mark(partition, era, 0);
  }

  /** The output has taken a record. */
  take(output: OutputName, record: OutgoingRecord): void {
    if (output === 'decisions') this.#takeDecision(record);
    else this.#takeLetter(record);
  }

  /**
   * The group goes on here: all before it must have their fate.
   * @param isOfFormer whether it is said to be of the topic that was there before, which everybody can tell then; undefined where nothing is said
   */
  commit(partition: number, offset: number, isOfFormer: boolean | undefined): void {
    const { era, low, records } = this.#broker.logs[partition]!;
    const key = `${partition}.${era}`;
    if (isOfFormer === true) return;
    if (isOfFormer === undefined && (offset > records.length || this.#isOfFormer(partition, era, offset))) {
      // Of the topic that was there before. Kafka takes it all the same, and whoever begins there misses what is before.
      this.mayMiss(partition, offset);
      return;
    }
    for (let at = this.#committed.get(key) ?? 0; at < offset; at++) {
      if (at < low) continue;
      demand(this.#hasFate(partition, era, at), () => `${partition}.${era}@${at} is committed and has no fate`);
    }
    this.#committed.set(key, Math.max(offset, this.#committed.get(key) ?? 0));
  }

  /**
   * Whether a commit was on its way when the topic was made anew: it goes on where the former one was committed, what it is about was
   * delivered there, and nothing of the new one was. Its offset alone does not tell, where the new one is as long already.
   */
  #isOfFormer(partition: number, era: number, offset: number): boolean {
    if (era === 0 || this.#committed.has(`${partition}.${era}`)) return false;
    const goesOn = offset > (this.#committed.get(`${partition}.${era - 1}`) ?? 0);
    return goesOn && this.#hasFate(partition, era - 1, offset - 1) && !this.#hasFate(partition, era, offset - 1);
  }

  /** Whether nothing is left to do. */
  isComplete(): boolean {
    return this.#broker.logs.every(({ era, records }, partition) => {
      const { length } = this.#streams.of(partition, era).records;
      return records.length === length && this.#committed.get(`${partition}.${era}`) === length;
    });
  }

  /** At the end: each record that was there long enough has one fate, which is that of an undisturbed run unless marked. */
  checkAll(): void {
    for (const [partition, { era, low, records }] of this.#broker.logs.entries()) {
      for (let offset = low; offset < records.length; offset++) {
        demand(this.#hasFate(partition, era, offset), () => `${partition}.${era}@${offset} has no fate`);
      }
    }
  }

  progress(): string {
    return this.#broker.logs
      .map(
        ({ era, records }, partition) =>
          `${partition}.${era}: ${this.#committed.get(`${partition}.${era}`)}/${records.length}`,
      )
      .join(' ');
  }

  #hasFate(partition: number, era: number, offset: number): boolean {
    const fate = this.#streams.of(partition, era).fates[offset]!;
    if (offset < (this.#missableTo.get(`${partition}.${era}`) ?? 0)) return true;
    return fate.kind === 'silence' || this.#deliveries.has(`${partition}.${era}@${offset}`);
  }

  #takeDecision({ value, source }: OutgoingRecord): void {
    const text = String(value);
    const { id, data } = JSON.parse(text) as WireDecision;
    const { partition, offset } = source!;
    const eventId = data.cause.kind === 'label' ? data.cause.event_id : data.trigger!.event_id;
    const era = Number(eventId.split('.')[1]);
    if (data.degraded !== undefined) this.mark(partition, era, Number(offset));
    const isMarked = Number(offset) >= (this.#markedFrom.get(`${partition}.${era}`) ?? Infinity);
    const known = this.#actions.get(id);
    demand(known === undefined || known.action === data.action || known.isMarked || isMarked, () => {
      return `decision ${id} of ${eventId} was ${known!.action} and is ${data.action}, and neither says why`;
    });
    this.#actions.set(id, { action: data.action, isMarked: isMarked || known?.isMarked === true });
    this.#deliver(partition, era, Number(offset), { text, id, action: data.action, isMarked });
  }

  #takeLetter({ source, value }: OutgoingRecord): void {
    const text = String(value);
    const [, era] = /"of":"\d+\.(\d+)"/.exec(text)!;
    this.#deliver(source!.partition, Number(era), Number(source!.offset), { text, isMarked: false });
  }

  #deliver(partition: number, era: number, offset: number, delivery: Delivery): void {
    const place = `${partition}.${era}@${offset}`;
    const fate = this.#streams.of(partition, era).fates[offset]!;
    const mayDiffer = offset >= (this.#markedFrom.get(`${partition}.${era}`) ?? Infinity);
    if (!mayDiffer) {
      const expected = fate.kind === 'silence' ? 'silence' : fate.text;
      demand(delivery.text === expected, () => `${place} got ${delivery.text}, undisturbed ${expected}`);
    }
    const isLetter = delivery.id === undefined;
    demand(isLetter === (fate.kind === 'dead letter'), () => `${place} got two kinds of fate`);
    const known = this.#deliveries.get(place) ?? [];
    known.push(delivery);
    this.#deliveries.set(place, known);
  }
}
