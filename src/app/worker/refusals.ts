import type { Failure } from '../../domain/failure.ts';

/** What became of a file that changed. */
export type Reloaded = 'taken' | 'refused';

/** Tells of refusals, and of one that repeats itself only once. */
export class Refusals {
  #told: string | null = null;

  refuse(failure: Failure, tell: (failure: Failure) => void): Reloaded {
    const text = `${failure.code} ${failure.path} ${failure.message}`;
    if (text !== this.#told) tell(failure);
    this.#told = text;
    return 'refused';
  }

  /** Something was taken: the next refusal is news. */
  end(): void {
    this.#told = null;
  }
}
