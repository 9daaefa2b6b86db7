import { randomUUID } from 'node:crypto';
import { FailureError, type Failure } from '../domain/failure.ts';
import type { GovernorSettings } from '../domain/governor.ts';
import { Governor } from '../policy/governor/governor.ts';
import { BlockAllowance } from '../scoring/block-allowance.ts';
import type { MemberLog, MemberLogAnswer, MemberLogCall } from '../domain/member-log.ts';
import type { Clock } from '../ports.ts';
import { BlockCounts, type BlockNews, type KeptBlockCounts } from './block-counts.ts';

/** An entry of the log: what one member counted since its last. */
interface Entry {
  readonly by: string;
  /** Counts up: what was sent twice, since an answer did not come, is counted once. */
  readonly sequence: number;
  readonly news: BlockNews;
}

/** Entries that no sum stands for, beyond which whoever sees it gives one. */
const unsummedMax = 1_000;
/**
 * Milliseconds between two questions to a log that has given no answer while history had one. No batch waits for these, which may take as long as a
 * call to the store: so a log that hangs costs one wait, until it has answered again.
 */
const restMs = 5_000;
/** Members whose last entry is remembered; the one that told something longest ago goes first. */
const membersMax = 1_000;

/**
 * Lets the members of a group count blocks alike, through a log that all of them read. Each counts its own events at once, and those of
 * others when it reads of them. Beside it second counts, made of the log alone and so the same on each member, are what is kept: from them begins who
 * starts, or was away for long.
 */
export class GovernorShare {
  /** Whether the last call was answered: if not, this member knows of its own blocks alone. */
  isShared = false;
  readonly #counts: BlockCounts;
  readonly #told: BlockCounts;
  readonly #log: MemberLog;
  readonly #onAway: (failure: Failure) => void;
  readonly #member = randomUUID();
  readonly #sequences = new Map<string, number>();
  #at: Pick<MemberLogAnswer, 'birth' | 'readTo' | 'unsummed'> = { birth: 0, readTo: 0, unsummed: 0 };
  #isAway = false;
  /** Sent, and not answered: whether it is in the log is not known, so that it is sent again as it was. */
  #unsent: Entry | null = null;
  #sequence = 0;
  #call: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** Stopwatch time at which a log that alone is away is asked again; null while none is known to be. */
  #restsUntilMs: number | null = null;

  /** @param counts of this member, which know that others are told. @param onAway told once, until it is answered again. */
  constructor(
    counts: BlockCounts,
    settings: GovernorSettings,
    log: MemberLog,
    onAway: (failure: Failure) => void,
    clock: Pick<Clock, 'monotonicMs'> = { monotonicMs: () => performance.now() },
  ) {
    this.#counts = counts;
    this.#told = new BlockCounts(new Governor(settings), new BlockAllowance());
    this.#log = log;
    this.#onAway = onAway;
    this.#clock = clock;
  }

  /**
   * Reads what others counted while history is asked; once more where only history answered: both were away, and are back. Where the log
   * alone gives no answer, batches do not wait for it, and this member counts its own blocks alone, until it is answered again.
   */
  async along<T>(history: Promise<T | null>): Promise<T | null> {
    if (this.#restsUntilMs !== null) {
      this.#askRested(this.#restsUntilMs);
      return history;
    }
    let isAnswered = false;
    const asked = history.then((found) => {
      isAnswered = found !== null;
      return found;
    });
    let isAlone = false;
    const read = (this.#call ?? this.#begin()).then(() => (isAlone = isAnswered && !this.isShared));
    const [found] = await Promise.all([asked, read]);
    if (found === null || this.isShared) return found;
    if (!isAlone) await (this.#call ?? this.#begin());
    if (!this.isShared) this.#restsUntilMs = this.#clock.monotonicMs() + restMs;
    return found;
  }

  #askRested(untilMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#call !== null || nowMs < untilMs) return;
    this.#restsUntilMs = nowMs + restMs;
    void this.#begin();
  }

  /** Tells others of accounts without waiting for the next batch; of a log that is away each batch asks once, as it begins, and waits no more. */
  async tell(): Promise<void> {
    if (!this.#counts.isPressing || this.#isAway) return;
    if (this.#call === null) return this.#begin();
    // What is under way has begun without it; one more tells all that has come meanwhile.
    this.#next ??= this.#call.then(() => {
      this.#next = null;
      return this.#call ?? this.#begin();
    });
    await this.#next;
  }

  #begin(): Promise<void> {
    this.#call = this.#exchange().finally(() => (this.#call = null));
    return this.#call;
  }

  async #exchange(): Promise<void> {
    const unsent = (this.#unsent ??= this.#entry());
    const { birth, readTo } = this.#at;
    const entry = unsent === null ? {} : { entry: JSON.stringify(unsent) };
    try {
      const answer = await this.#log.exchange({ birth, readTo, ...entry, ...this.#sum() });
      this.#unsent = null;
      this.#counts.told();
      this.isShared = true;
      this.#isAway = false;
      this.#restsUntilMs = null;
      this.#take(answer, unsent);
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      this.isShared = false;
      if (!this.#isAway) this.#onAway(error.failure);
      this.#isAway = true;
    }
  }

  #entry(): Entry | null {
    const news = this.#counts.take();
    return news && { by: this.#member, sequence: ++this.#sequence, news };
  }

  #sum(): Pick<MemberLogCall, 'sum'> {
    if (this.#at.unsummed <= unsummedMax) return {};
    return { sum: { at: this.#at.readTo, text: JSON.stringify(this.#told.kept()) } };
  }

  #take({ birth, readTo, unsummed, sum, entries }: MemberLogAnswer, own: Entry | null): void {
    // Of another log, nobody has summed what was in the one before: this member knows.
    const isAnother = this.#at.birth !== 0 && this.#at.birth !== birth;
    this.#at = { birth, readTo, unsummed: isAnother && sum === undefined ? Infinity : unsummed };
    const kept = sum === undefined ? undefined : (parsed(sum) as KeptBlockCounts | undefined);
    if (kept?.form === 1) {
      this.#told.restore(kept);
      this.#counts.restore(kept);
      if (own !== null) this.#counts.apply(own.news);
    }
    for (const text of entries) this.#read(text);
  }

  #read(text: string): void {
    const entry = parsed(text) as Entry | undefined;
    if (entry?.news?.form !== 1 || entry.sequence <= (this.#sequences.get(entry.by) ?? 0)) return;
    this.#sequences.delete(entry.by);
    this.#sequences.set(entry.by, entry.sequence);
    if (this.#sequences.size > membersMax) this.#sequences.delete(this.#sequences.keys().next().value!);
    this.#told.apply(entry.news);
    if (entry.by !== this.#member) this.#counts.apply(entry.news);
  }
}

/** What a member wrote; undefined for what is damaged. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
