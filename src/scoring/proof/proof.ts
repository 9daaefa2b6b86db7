import type { Failure, FailureCode } from '../../domain/failure.ts';
import type { LoadedModel } from '../../ports.ts';
import type { GoldenRow, Manifest } from '../../wire/bundle-schema.ts';

/** A model that is to be proven, with what its bundle says of it. */
export interface Candidate {
  readonly model: LoadedModel;
  readonly manifest: Manifest;
  /** Each has as many features as the model has columns. */
  readonly golden: readonly GoldenRow[];
}

/** Rows with what a model that is proven already says of them, in the columns of the candidate. */
export interface ReferenceSample {
  /** Whose rows they are, such as `starter 2026.12.4`. */
  readonly of: string;
  /** Who says it. */
  readonly by: string;
  /** Part of the rows at either end of a candidate's scores that need not differ from the others. */
  readonly tailShare: number;
  /** [rows × F], NaN where it is not known. */
  readonly features: Float32Array;
  /** [rows] probability of fake. */
  readonly scores: Float32Array;
}

/** Accounts of the platform that the candidate is to serve, by its norms. */
export interface PlatformAccounts {
  /** Version of the norms. */
  readonly norms: string;
  /** Share of the accounts of a day that the score alone may block. */
  readonly budget: number;
  /** [accounts] days on which each was there. */
  readonly days: readonly number[];
  /** [accounts] events of each. */
  readonly rows: readonly number[];
  /** [sum of rows × F] in the columns of the candidate, account after account. */
  readonly features: Float32Array;
  /** [sum of rows] what a proven model says of them; null where none does. */
  readonly judged: { readonly by: string; readonly scores: Float32Array } | null;
}

/**
 * Of pairs of a row that the reference holds for fake and one that it holds for genuine, the share that a candidate has to rank so. A model
 * that knows nothing has 0.5; one with its sense turned has far less.
 */
export const orderedShareMins = {
  /** By a model that serves, or was served. */
  ofServed: 0.6,
  /** By the one that ships, which knows other people: it finds out a turned sense, and is no judge of more. */
  ofStranger: 0.25,
} as const;

export interface ProofOptions {
  /** Absent: the candidate is held against its own golden rows alone. */
  readonly reference: ReferenceSample | null;
  /** Absent where the platform has no norms, or norms without a sample. */
  readonly platform: PlatformAccounts | null;
  /** One of `orderedShareMins`. */
  readonly orderedShareMin: number;
  /** Processor time that one row may take, us. */
  readonly rowUsMax: number;
  /** Processor time of this thread, milliseconds from an arbitrary start. */
  readonly threadCpuMs: () => number;
}

/** What is wrong with a candidate. The path is the bundle's. */
export type Fault = Omit<Failure, 'path'>;

/** One thing that a candidate has to show; undefined when it does. Throws what the runtime throws. */
export type Check = (candidate: Candidate, options: ProofOptions) => Promise<Fault | undefined>;

export function fault(code: FailureCode, message: string): Fault {
  return { code, message };
}
