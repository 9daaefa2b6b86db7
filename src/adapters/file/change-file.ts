import { stat } from 'node:fs/promises';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { FailureError, type Failure } from '../../domain/failure.ts';
import { limits } from '../../domain/limits.ts';
import { KnownKeys } from '../../net/known-keys.ts';
import { readRegularFile } from '../../net/regular-file.ts';
import type { ChangeFollower, ChangeLog } from '../../ports.ts';

/** Lines that are read before others have their turn. */
const linesPerTurn = 1_000;

/** A line of the file. */
interface Line {
  readonly key: string;
  /** Null: the key is gone. */
  readonly value: Uint8Array | null;
}

/**
 * A file that stands for a compacted topic: a record a line, `{"key": "...", "value": {...}}`, the last of each key counts, and a value of
 * null removes. It is read again when it is another: its size, its time or its place on the disk. Put a new one in its place by renaming.
 *
 * It is taken as a whole: where a line is none, the file is refused and what it said before holds. A key that is in it no more is gone.
 */
export class ChangeFile implements ChangeLog {
  readonly #file: string;
  readonly #pollMs: number;
  readonly #closing = new AbortController();
  #follower!: ChangeFollower;
  #keys!: KnownKeys;
  #read = '';
  #isAway = false;
  #loop: Promise<void> = Promise.resolve();

  /** @param pollMs how often it is looked at, milliseconds; 0: it is read once, and not followed */
  constructor(file: string, pollMs: number) {
    this.#file = file;
    this.#pollMs = pollMs;
  }

  async open(follower: ChangeFollower): Promise<void> {
    this.#follower = follower;
    this.#keys = new KnownKeys(follower);
    await this.#readAnew(await this.#fingerprint());
    if (this.#pollMs > 0) this.#loop = this.#follow();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      await sleep(this.#pollMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const fingerprint = await this.#fingerprint();
        if (fingerprint !== this.#read) await this.#readAnew(fingerprint);
        if (this.#isAway) this.#follower.back();
        this.#isAway = false;
      } catch (error) {
        this.#isAway = true;
        this.#follower.away((error as FailureError).failure, this.#pollMs);
      }
    }
  }

  async #fingerprint(): Promise<string> {
    try {
      const { size, mtimeMs, ino } = await stat(this.#file);
      return `${size} ${mtimeMs} ${ino}`;
    } catch (error) {
      throw unreadable((error as Error).message, this.#file, error);
    }
  }

  async #readAnew(fingerprint: string): Promise<void> {
    const lines = await this.#lines();
    this.#keys.readAnew();
    let number = 0;
    for (const line of lines) {
      number += 1;
      if (line !== undefined) this.#keys.take({ ...line, offset: number });
    }
    this.#keys.readToEnd(number);
    this.#read = fingerprint;
    this.#follower.paused();
  }

  /** All lines; undefined for those that are empty. Throws where one is none, so that nothing is taken of a file that is broken. */
  async #lines(): Promise<readonly (Line | undefined)[]> {
    let text: string;
    try {
      const bytes = await readRegularFile(this.#file, limits.changeFileBytesMax);
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (error) {
      throw unreadable((error as Error).message, this.#file, error);
    }
    const lines: (Line | undefined)[] = [];
    for (const line of text.split('\n')) {
      lines.push(line.trim() === '' ? undefined : this.#lineOf(line, lines.length + 1));
      if (lines.length % linesPerTurn === 0) await nextTurn();
    }
    return lines;
  }

  #lineOf(text: string, number: number): Line {
    const line = parsed(text);
    if (line === undefined)
      throw unreadable(
        'It is not {"key": "...", "value": {...}}, with null for what is gone.',
        `${this.#file}:${number}`,
      );
    return line;
  }
}

const encoder = new TextEncoder();

function parsed(text: string): Line | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const { key, value } = json as { readonly key?: unknown; readonly value?: unknown };
  if (typeof key !== 'string' || typeof value !== 'object') return undefined;
  return { key, value: value === null ? null : encoder.encode(JSON.stringify(value)) };
}

function unreadable(message: string, path: string, cause?: unknown): FailureError {
  const failure: Failure = { code: 'INPUT_UNREADABLE', message, path };
  return new FailureError(failure, { cause });
}
