import type { ModelReference } from '../domain/decision.ts';
import type { Failure } from '../domain/failure.ts';
import type { Norms } from '../features/norms/norms.ts';
import type { Clock } from '../ports.ts';
import type { Telemetry } from '../telemetry.ts';
import type { Thresholds } from './comparison.ts';
import type { ServedModel } from './served-model.ts';

export interface ModelSlotOptions {
  /** Longest time that one batch's scores may take, milliseconds. */
  readonly timeoutMs: number;
  /** Batches in a row that may fail before the former model serves again. */
  readonly failuresMax: number;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'modelFailed' | 'modelFellBack'>;
  /** CPU time of this thread, milliseconds from an arbitrary start. That of Node unless given. */
  readonly threadCpuMs?: () => number;
  /** Told, after each batch that it scored, which model did. */
  readonly onScored?: (reference: ModelReference) => void;
}

/** One batch's hold on one model: the batch is scored and explained by it, whatever is put into the slot meanwhile. */
export interface ModelLease {
  readonly reference: ModelReference;
  /** By which its ranks are made: the platform's where they describe what it ranks, else those that it brings. */
  readonly norms: Norms | null;
  /** As `ServedModel` has it. */
  readonly knowsHabits: boolean;
  /** [rows] probabilities, or null when the model failed: then the batch goes by rules alone. */
  score(features: Float32Array, rows: number): Promise<Float32Array | null>;
  /** [rows.length × featureCount] log-odds, or null when the explanation failed. */
  explain(features: Float32Array, rows: readonly number[]): Promise<Float32Array | null>;
  /** Must be called once, when the batch is done. */
  end(): Promise<void>;
}

/**
 * Holds the champion. A new one takes its place between two batches; the former one stays in memory behind it, and serves
 * again when the new one fails several batches in a row.
 */
export class ModelSlot {
  readonly #options: ModelSlotOptions;
  #champion: ServedModel;
  #former: ServedModel | null;
  /** Batches in a row that failed, at each of the two things that a model does. */
  #failuresInRow = { score: 0, explain: 0 };

  /** @param former proven too: serves when the champion fails from the beginning. */
  constructor(champion: ServedModel, options: ModelSlotOptions, former: ServedModel | null = null) {
    this.#champion = champion;
    this.#former = former;
    this.#options = options;
  }

  get reference(): ModelReference {
    return this.#champion.reference;
  }

  /** Those that the model's bundle suggests. */
  get thresholds(): Thresholds {
    return this.#champion.thresholds;
  }

  /** Puts a proven model into the slot. Batches under way end with the model that they began with. */
  async replace(champion: ServedModel): Promise<void> {
    const retired = this.#former;
    this.#former = this.#champion;
    this.#champion = champion;
    this.#failuresInRow = { score: 0, explain: 0 };
    if (retired !== null) await this.#free(retired.retire());
  }

  /** Whether the former champion is the one that is named: it is proven, and in memory. */
  isFormer({ name, version }: Pick<ModelReference, 'name' | 'version'>): boolean {
    const former = this.#former?.reference;
    return former?.name === name && former.version === version;
  }

  /** The former champion serves again from the next batch on, and the champion stays in memory behind it. Nothing, where there is none. */
  goBack(): void {
    if (this.#former === null) return;
    [this.#champion, this.#former] = [this.#former, this.#champion];
    this.#failuresInRow = { score: 0, explain: 0 };
  }

  /** Takes the champion for one batch, on a platform with these norms, or none. */
  lease(platform: Norms | null = null): ModelLease {
    const model = this.#champion;
    const norms = model.normsBy(platform);
    model.enter();
    return {
      reference: model.reference,
      norms,
      knowsHabits: model.knowsHabits,
      score: (features, rows) => this.#score(model, () => model.score(features, rows, norms)),
      explain: (features, rows) => this.#explain(model, () => model.explain(features, rows, norms)),
      end: () => this.#free(model.leave()),
    };
  }

  async close(): Promise<void> {
    await this.#free(this.#champion.retire());
    if (this.#former !== null) await this.#free(this.#former.retire());
    this.#former = null;
  }

  async #score(model: ServedModel, answer: () => Promise<Float32Array>): Promise<Float32Array | null> {
    const { clock, timeoutMs, threadCpuMs = nodeThreadCpuMs } = this.#options;
    const [startMs, startCpuMs] = [clock.monotonicMs(), threadCpuMs()];
    try {
      const scores = await inTime(answer(), timeoutMs, clock);
      // The runtime computes on this thread, so that no timer can interrupt it: a late answer is known when it is there. It is no
      // fault of the model that the process was stopped, or had no processor: then time went by in which this thread did nothing.
      // To ask for processor time is a call of the kernel: only where the clock says that it matters.
      const isLate = clock.monotonicMs() - startMs > timeoutMs && threadCpuMs() - startCpuMs > timeoutMs;
      if (isLate) throw new Error('the scores came too late');
      if (scores.some((score) => !(score >= 0 && score <= 1))) throw new Error('a score is no probability');
      if (model === this.#champion) this.#failuresInRow.score = 0;
      this.#options.onScored?.(model.reference);
      return scores;
    } catch (error) {
      this.#failed(model, 'score', error as Error);
      return null;
    }
  }

  async #explain(model: ServedModel, answer: () => Promise<Float32Array>): Promise<Float32Array | null> {
    try {
      const contributions = await inTime(answer(), this.#options.timeoutMs, this.#options.clock);
      if (!contributions.every(Number.isFinite)) throw new Error('an explanation is no number');
      if (model === this.#champion) this.#failuresInRow.explain = 0;
      return contributions;
    } catch (error) {
      this.#failed(model, 'explain', error as Error);
      return null;
    }
  }

  #failed(model: ServedModel, task: 'score' | 'explain', error: Error): void {
    const { name, version } = model.reference;
    const failure: Failure = { code: 'MODEL_FAILED', message: `${name} ${version}: ${error.message}.` };
    this.#options.telemetry.modelFailed(failure);
    if (model !== this.#champion) return;
    this.#failuresInRow[task]++;
    if (this.#failuresInRow[task] >= this.#options.failuresMax) this.#fallBack();
  }

  #fallBack(): void {
    if (this.#former === null) return;
    const broken = this.#champion;
    this.#champion = this.#former;
    this.#former = null;
    this.#failuresInRow = { score: 0, explain: 0 };
    void this.#free(broken.retire());
    const { name, version, sha256 } = this.#champion.reference;
    this.#options.telemetry.modelFellBack(name, version, sha256);
  }

  /** A model that cannot be freed is told of; no batch fails for it. */
  async #free(released: Promise<void>): Promise<void> {
    await released.catch((error: unknown) => {
      this.#options.telemetry.modelFailed({ code: 'MODEL_FAILED', message: `release: ${(error as Error).message}.` });
    });
  }
}

function nodeThreadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Part of the time by which a timer may be late before the loop is taken to have stood still. */
const timerLateShareMax = 0.1;

/**
 * The promise's value, or an error after `timeoutMs`. When the timer itself comes late, the loop stood still, as in a process that
 * was stopped, and the model had no chance to answer: it gets the time once more.
 */
async function inTime<T>(promise: Promise<T>, timeoutMs: number, clock: Clock): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const startMs = clock.monotonicMs();
    const giveUp = (): void => reject(new Error('the scores did not come in time'));
    timer = setTimeout(() => {
      const timerLateMs = clock.monotonicMs() - startMs - timeoutMs;
      if (timerLateMs <= timeoutMs * timerLateShareMax) giveUp();
      else timer = setTimeout(giveUp, timeoutMs);
    }, timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
