import assert from 'node:assert/strict';
import type { GovernorOverride } from '../../domain/control.ts';
import type { BlockRecord, GovernorSettings } from '../../domain/governor.ts';
import { placeOf } from '../../domain/place-of.ts';
import { causeOfMark, everywhere, markOf, type BlockCause } from './block-cause.ts';
import { effectOf } from './effect-of.ts';
import { Untold, type GovernorNews } from './news.ts';
import type { Brake, HeldIn, Trip } from './trip.ts';
import { bucketMs, WindowCounts, type KeptCounter } from './window-counts.ts';

/** What is kept of a governor: numbers and names of causes and segments. */
export interface KeptGovernor {
  /** Of this form: what is of another is not understood, and begun anew. */
  readonly form: 1;
  readonly nowMs: number;
  readonly blocks: readonly KeptCounter[];
  readonly signups: readonly KeptCounter[];
  readonly overturned: readonly KeptCounter[];
  readonly firstModel: string | null;
  readonly firstSeen: readonly (readonly [cause: string, timeMs: number])[];
  readonly brakes: readonly Brake[];
  /** What `blocked` refers to: causes in segments. */
  readonly marks: readonly string[];
  readonly blocked: readonly (readonly [account: string, ...marks: number[]])[];
}

/** Counters of one cause in one segment that are held at a time. */
const countersMax = 256;
/** Causes that are known at a time; the one that was seen first goes first. */
const causesMax = 512;
/** Blocked accounts whose cause is remembered, so that who overturns a block tells of its cause. */
const blockedMax = 5_000;
const pauseMsMax = 24 * 3_600_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Holds a cause that blocks too many: its block becomes a review, in the segment where it was too much, while it goes on to be
 * detected. Counts are of accounts and of the events' own time, so that the same stream gives the same decisions.
 *
 *     free ──more than a cap──▶ tripped ──retryAfterMs──▶ half open ──an hour or a day within its share──▶ free
 *                                  ▲                          │
 *                                  └──more than its share─────┘  (each pause twice as long as the one before)
 */
export class Governor {
  readonly #settings: GovernorSettings;
  readonly #shareOf: () => number;
  readonly #onTrip: (trip: Trip) => void;
  readonly #othersOf: () => number;
  readonly #untold: Untold | null;
  readonly #blocks = new WindowCounts(countersMax, 'week');
  readonly #overturned = new WindowCounts(countersMax, 'week');
  readonly #signups = new WindowCounts(countersMax, 'day');
  readonly #firstSeen = new Map<string, number>();
  readonly #brakes = new Map<string, Brake>();
  readonly #blocked = new Map<string, readonly string[]>();
  #firstModel: string | null = null;
  #nowMs = 0;

  /**
   * @param shareOf the part of the stream that this member reads, above 0 and at most 1: it has as large a part of each cap.
   * @param onTrip told when a cause trips, again after it was half open too.
   * @param othersOf members that count what this one counts, by `take` and `apply`: above 0, what it has not told them yet may be
   *   happening at each of them too. Absent where nobody is told.
   */
  constructor(
    settings: GovernorSettings,
    shareOf: () => number = () => 1,
    onTrip: (trip: Trip) => void = () => {},
    othersOf?: () => number,
  ) {
    assert(settings.probationShare > 0 && settings.retryShare > 0, 'a cause that may block nobody is a shadow rule');
    this.#settings = settings;
    this.#shareOf = shareOf;
    this.#onTrip = onTrip;
    this.#othersOf = othersOf ?? (() => 0);
    this.#untold = othersOf === undefined ? null : new Untold();
  }

  /** An event came. @param timeMs its own time. */
  saw(timeMs: number): void {
    if (timeMs > this.#nowMs) this.#nowMs = timeMs;
  }

  /** The event was a signup, of these segments. */
  sawSignup(segments: readonly string[]): void {
    const bucket = this.#bucket();
    for (const segment of segments) {
      this.#signups.add(segment, bucket);
      this.#untold?.signup(segment, bucket);
    }
  }

  /**
   * Where a cause may not block an account, the first of its segments; null where it may. Changes nothing.
   * @param account its key, as in all calls. @param segments those of the event, `all` first. @param overrides in force.
   */
  heldIn(
    cause: BlockCause,
    account: string,
    segments: readonly string[],
    overrides: readonly GovernorOverride[],
  ): HeldIn | null {
    for (const segment of segments) {
      const effect = effectOf(overrides, cause.name, segment);
      if (effect === 'hold') return { segment, isOnProbation: false };
      if (effect === 'release') continue;
      const mark = markOf(cause, segment);
      const brake = this.#brakes.get(mark);
      if (brake !== undefined && !this.#letsThrough(brake, account))
        return { segment, isOnProbation: brake.isOnProbation === true && this.#isNew(cause) };
      if (this.#mayBeTooMany(cause, segment, mark)) return { segment, isOnProbation: this.#isNew(cause) };
    }
    return null;
  }

  /**
   * An account was blocked that was not before, by all of these causes. What a person released is counted, and trips nothing: who let a
   * campaign be blocked says when it is enough, and does not find its cause held for a day when the order ends.
   */
  blocked(
    causes: readonly BlockCause[],
    account: string,
    segments: readonly string[],
    overrides: readonly GovernorOverride[] = [],
  ): void {
    const released: string[] = [];
    for (const cause of causes)
      for (const segment of segments) {
        const mark = markOf(cause, segment);
        this.#untold?.block(mark);
        if (effectOf(overrides, cause.name, segment) === 'release') released.push(mark);
      }
    this.#untold?.act(['blocked', this.#nowMs, account, causes, segments, released]);
    this.#countBlock(causes, account, segments, released);
  }

  #countBlock(
    causes: readonly BlockCause[],
    account: string,
    segments: readonly string[],
    released: readonly string[],
  ): void {
    const bucket = this.#bucket();
    const marks: string[] = [];
    for (const cause of causes) {
      if (!this.#firstSeen.has(cause.key)) this.#meet(cause);
      // The whole last: where there is no room for all counters, its is the one that stays.
      for (const segment of segments.toReversed()) {
        const mark = markOf(cause, segment);
        marks.push(mark);
        this.#blocks.add(mark, bucket);
        if (!released.includes(mark)) this.#check(cause, segment, mark);
      }
    }
    this.#blocked.delete(account);
    this.#blocked.set(account, marks);
    if (this.#blocked.size > blockedMax) this.#blocked.delete(this.#blocked.keys().next().value!);
  }

  /** A person said that an account is genuine. Counts once, where it was blocked of late. */
  overturned(account: string): void {
    if (!this.#blocked.has(account)) return;
    this.#untold?.act(['overturned', this.#nowMs, account]);
    this.#countOverturned(account);
  }

  #countOverturned(account: string): void {
    const marks = this.#blocked.get(account);
    if (marks === undefined) return;
    this.#blocked.delete(account);
    const bucket = this.#bucket();
    for (const mark of marks) {
      this.#overturned.add(mark, bucket);
      this.#checkOverturned(mark);
    }
  }

  /** An account is to be forgotten. */
  forget(account: string): void {
    if (this.#blocked.delete(account)) this.#untold?.act(['forgotten', this.#nowMs, account]);
  }

  /** Whether the others should soon be told: of an account, and not of signups alone. */
  get isPressing(): boolean {
    return this.#untold?.isPressing ?? false;
  }

  /** Takes what was counted here and told nobody; null where there is nothing. */
  take(): GovernorNews | null {
    const news = this.#untold?.peek(this.#nowMs) ?? null;
    this.#untold?.clear();
    return news;
  }

  /** Counts what another member counted. What is of another form is passed over. */
  apply(news: GovernorNews): void {
    if (news.form !== 1) return;
    for (const [segment, bucket, count] of news.signups) this.#signups.add(segment, bucket, count);
    for (const act of news.acts) {
      const [what, timeMs, account] = act;
      this.saw(timeMs);
      if (what === 'blocked') this.#countBlock(act[3], account, act[4], act[5]);
      else if (what === 'overturned') this.#countOverturned(account);
      else this.#blocked.delete(account);
    }
    this.saw(news.nowMs);
  }

  /** What a cause blocked within a week, everywhere, and how many of these people overturned, as far back as accounts are remembered. */
  recordOf(cause: BlockCause): BlockRecord {
    const [mark, bucket] = [markOf(cause, everywhere), this.#bucket()];
    return { blocks: this.#blocks.inWeek(mark, bucket), overturned: this.#overturned.inWeek(mark, bucket) };
  }

  /** What holds now, for people. */
  tripped(): readonly Trip[] {
    return [...this.#brakes.values()].filter((brake) => !this.#isOver(brake));
  }

  kept(): KeptGovernor {
    const marks = [...new Set([...this.#blocked.values()].flat())];
    const indexes = new Map(marks.map((mark, index) => [mark, index]));
    return {
      form: 1,
      nowMs: this.#nowMs,
      blocks: this.#blocks.kept(),
      signups: this.#signups.kept(),
      overturned: this.#overturned.kept(),
      firstModel: this.#firstModel,
      firstSeen: [...this.#firstSeen],
      brakes: [...this.#brakes.values()],
      marks,
      blocked: Array.from(this.#blocked, ([account, own]) => [account, ...own.map((mark) => indexes.get(mark)!)]),
    };
  }

  restore(kept: KeptGovernor): void {
    if (kept.form !== 1) return;
    this.#nowMs = kept.nowMs;
    this.#blocks.restore(kept.blocks);
    this.#signups.restore(kept.signups);
    this.#overturned.restore(kept.overturned);
    this.#firstModel = kept.firstModel;
    refill(this.#firstSeen, kept.firstSeen);
    refill(
      this.#blocked,
      kept.blocked.map(([account, ...own]) => [account, own.map((index) => kept.marks[index]!)] as const),
    );
    refill(
      this.#brakes,
      kept.brakes.map((brake) => [markOf(brake.cause, brake.segment), { ...brake }] as const),
    );
    // Nobody knows of it, and so it is not in what was kept.
    const untold = this.#untold?.peek(this.#nowMs);
    if (untold) this.apply(untold);
  }

  #bucket(): number {
    return Math.floor(this.#nowMs / bucketMs);
  }

  #meet({ name, key: cause }: BlockCause): void {
    if (name.startsWith('model:')) this.#firstModel ??= cause;
    if (this.#firstSeen.size >= causesMax) this.#firstSeen.delete(this.#firstSeen.keys().next().value!);
    this.#firstSeen.set(cause, this.#nowMs);
  }

  /** The first model of an installation follows no other that it might be worse than; its block budget holds it from the beginning. */
  #isFirstModel({ name, key }: BlockCause): boolean {
    return name.startsWith('model:') && key === this.#firstModel;
  }

  /** Whether a cause reaches its cap if every other member blocked as many meanwhile as this one, which nobody has heard of yet. */
  #mayBeTooMany(cause: BlockCause, segment: string, mark: string): boolean {
    const untold = this.#untold?.blocksOf(mark) ?? 0;
    return untold > 0 && this.#excessOf(cause, segment, mark, untold * this.#othersOf()) !== null;
  }

  #letsThrough(brake: Brake, account: string): boolean {
    if (this.#isOver(brake)) return true;
    if (brake.reason === 'overturned' || this.#isPaused(brake)) return false;
    return placeOf(account, `${brake.cause.key} ${brake.atMs}`) < this.#trialShare(brake);
  }

  #isPaused({ atMs, pauseMs }: Brake): boolean {
    return this.#nowMs < atMs + pauseMs;
  }

  /** Whether as long as it had blocked too many has passed within its share after its pause; or a week since people overturned too much. */
  #isOver({ atMs, pauseMs, windowMs, reason }: Brake): boolean {
    return this.#nowMs >= atMs + windowMs + (reason === 'overturned' ? 0 : pauseMs);
  }

  #check(cause: BlockCause, segment: string, mark: string): void {
    const brake = this.#brakes.get(mark);
    if (brake !== undefined && !this.#isOver(brake)) {
      // By a member that had not heard of it yet.
      if (this.#isPaused(brake)) return;
      brake.let++;
      if (brake.let > this.#trialMax(brake)) this.#trip(brake, brake);
      return;
    }
    if (brake !== undefined) this.#brakes.delete(mark);
    const excess = this.#excessOf(cause, segment, mark);
    if (excess !== null) this.#trip({ cause, segment, ...excess, atMs: this.#nowMs }, brake);
  }

  /** Accounts that a trial lets through, of those that are asked for: as many of a small cap that one of them is within it. */
  #trialShare({ countMax }: Brake): number {
    return Math.max(this.#settings.retryShare, 1 / countMax);
  }

  #trialMax(brake: Brake): number {
    return Math.max(1, Math.floor(brake.countMax * this.#trialShare(brake)));
  }

  #trip(trip: Trip, before: Brake | undefined): void {
    const pauseMs = before === undefined ? this.#settings.retryAfterMs : Math.min(before.pauseMs * 2, pauseMsMax);
    const brake: Brake = { ...trip, atMs: this.#nowMs, pauseMs, let: 0 };
    const { cause, segment } = brake;
    // Who blocked too many while it was new is as new as before once it is let through: to wait has shown nothing, nor has a trial of a few.
    if (segment === everywhere && trip.isOnProbation)
      this.#firstSeen.set(cause.key, this.#nowMs + brake.pauseMs + brake.windowMs);
    this.#brakes.delete(markOf(cause, segment));
    if (this.#brakes.size >= countersMax && !this.#makeRoom(segment)) return;
    this.#brakes.set(markOf(cause, segment), brake);
    this.#onTrip(brake);
  }

  /** Takes a brake off one part of the platform for one on all of it; what trips in a part alone finds no room. */
  #makeRoom(segment: string): boolean {
    if (segment !== everywhere) return false;
    for (const [mark, brake] of this.#brakes) {
      if (brake.segment === everywhere) continue;
      return this.#brakes.delete(mark);
    }
    return this.#brakes.delete(this.#brakes.keys().next().value!);
  }

  /** The cap that is reached; null where a cause may block one more. @param more blocks that are not counted yet. */
  #excessOf(
    cause: BlockCause,
    segment: string,
    mark: string,
    more = 0,
  ): Pick<Trip, 'reason' | 'count' | 'countMax' | 'windowMs' | 'isOnProbation'> | null {
    const { blocksMin, blocksMax, signupShareMax, timesUsualMax, probationShare } = this.#settings;
    const bucket = this.#bucket();
    const share = this.#shareOf();
    const knownMs = this.#nowMs - this.#firstSeen.get(cause.key)!;
    const isNew = this.#isNew(cause);
    const onProbation = isNew && probationShare < 1 ? { isOnProbation: true as const } : {};
    const scale = (isNew ? probationShare : 1) * share;
    const days = Math.max(0, Math.min(7, Math.floor(knownMs / dayMs)));
    // Signups and what is usual are those that this member saw: already its share.
    const usual = days === 0 ? Infinity : this.#blocks.sameHourMean(mark, bucket, days);
    const bySignups = (signupShareMax * this.#signups.inHour(segment, bucket)) / share;
    const byUsual = (timesUsualMax * usual) / share;
    const hourMax = Math.min(blocksMax, Math.max(blocksMin, Math.min(bySignups, byUsual)));
    const inHour = this.#blocks.inHour(mark, bucket) + more;
    const countMax = Math.max(1, Math.floor(hourMax * scale));
    if (inHour >= countMax) {
      const reason = hourMax === blocksMax ? 'blocks' : bySignups <= byUsual ? 'signup-share' : 'times-usual';
      return { reason, count: inHour, countMax, windowMs: hourMs, ...onProbation };
    }
    // Of few signups an hour all may be blocked without being many: a day of them tells. Of a part, as the rented machines, most may be fake.
    if (segment !== everywhere) return null;
    const dayMax = Math.max(blocksMin, (signupShareMax * this.#signups.inDay(segment, bucket)) / share);
    const dayCountMax = Math.max(1, Math.floor(dayMax * scale));
    const inDay = this.#blocks.inDay(mark, bucket) + more;
    if (inDay < dayCountMax) return null;
    return { reason: 'signup-share', count: inDay, countMax: dayCountMax, windowMs: dayMs, ...onProbation };
  }

  /** Whether a cause is on probation: from its first block on, which may be yet to come. */
  #isNew(cause: BlockCause): boolean {
    const firstMs = this.#firstSeen.get(cause.key) ?? this.#nowMs;
    return this.#nowMs - firstMs < this.#settings.probationMs && !this.#isFirstModel(cause);
  }

  #checkOverturned(mark: string): void {
    const { overturnedMin, overturnedShareMax } = this.#settings;
    const bucket = this.#bucket();
    const count = this.#overturned.inWeek(mark, bucket);
    const countMax = Math.max(overturnedMin, overturnedShareMax * this.#blocks.inWeek(mark, bucket));
    if (count < countMax || this.#brakes.get(mark)?.reason === 'overturned') return;
    this.#trip(
      { ...causeOfMark(mark), reason: 'overturned', count, countMax, windowMs: 7 * dayMs, atMs: this.#nowMs },
      undefined,
    );
  }
}

function refill<K, V>(map: Map<K, V>, entries: readonly (readonly [K, V])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}
