import type { Failure } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';

/** A record as a log has it. */
export interface LogRecord {
  readonly key: Uint8Array | string | null;
  readonly value: Uint8Array | null;
  readonly offset: number;
}

/** What is told of records; part of a `ChangeFollower`, whose promise is in `ports.ts`. */
export interface Told {
  take(change: { readonly key: string; readonly value: Uint8Array | null; readonly offset: number }): void;
  refused(failure: Failure, offset: number): void;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The keys that a log has, which is all that its reader remembers of it: so it knows which of them are gone when it had to read anew, and
 * how many there are. At most `limits.changeKeysMax`; records beyond, and those that cannot be taken, are refused and pass.
 */
export class KnownKeys {
  readonly #told: Told;
  /** By key, the part of the log that has it: a partition. */
  readonly #parts = new Map<string, number>();
  /** By part that is read anew: what has not come again. */
  readonly #missing = new Map<number, Set<string>>();

  constructor(told: Told) {
    this.#told = told;
  }

  get size(): number {
    return this.#parts.size;
  }

  take(record: LogRecord, part = 0): void {
    const { value, offset } = record;
    const key = textOf(record.key);
    const fault = typeof key === 'string' ? this.#faultOf(key, value) : key.fault;
    if (typeof key !== 'string' || fault !== undefined) {
      this.#told.refused({ code: 'CHANGE_REFUSED', message: fault! }, offset);
      return;
    }
    this.#missing.get(part)?.delete(key);
    if (value === null) {
      if (!this.#parts.delete(key)) return;
    } else this.#parts.set(key, part);
    this.#told.take({ key, value, offset });
  }

  /** A part of the log is read from its beginning again. */
  readAnew(part = 0): void {
    const keys = [...this.#parts].flatMap(([key, of]) => (of === part ? [key] : []));
    this.#missing.set(part, new Set(keys));
  }

  /** It has been read to its end: what has not come again is gone. */
  readToEnd(offset: number, part = 0): void {
    for (const key of this.#missing.get(part) ?? []) {
      // A topic that was made anew with more partitions has it in another one.
      if (this.#parts.get(key) !== part) continue;
      this.#parts.delete(key);
      this.#told.take({ key, value: null, offset });
    }
    this.#missing.delete(part);
  }

  #faultOf(key: string, value: Uint8Array | null): string | undefined {
    if (key === '' || key.length > limits.changeKeyLengthMax)
      return `The key has ${key.length} characters; 1 to ${limits.changeKeyLengthMax} are taken.`;
    if (value === null) return undefined;
    if (value.length > limits.changeValueBytesMax)
      return `The value has ${value.length} bytes; ${limits.changeValueBytesMax} are taken.`;
    if (!this.#parts.has(key) && this.#parts.size >= limits.changeKeysMax)
      return `There are ${limits.changeKeysMax} keys already, as many as are taken.`;
    return undefined;
  }
}

function textOf(key: LogRecord['key']): string | { readonly fault: string } {
  if (key === null) return { fault: 'The record has no key.' };
  if (typeof key === 'string') return key;
  try {
    return utf8.decode(key);
  } catch {
    return { fault: 'The key is not UTF-8.' };
  }
}
