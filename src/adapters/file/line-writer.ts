import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import { FailureError } from '../../domain/failure.ts';
import { standardStream } from './records.ts';

/** Text that is gathered before it goes to the stream, in UTF-16 units. */
const gatheredMax = 256 * 1024;
const lineEnd = Buffer.from('\n');

/** Writes lines to a file or to standard output, in large pieces, no faster than they are taken. */
export class LineWriter {
  readonly #path: string;
  readonly #stream: Writable;
  #gathered = '';
  #error: Error | null = null;

  /** @param path `-` for standard output. */
  constructor(path: string) {
    this.#path = path;
    this.#stream = path === standardStream ? process.stdout : createWriteStream(path);
    this.#stream.on('error', (error) => (this.#error = error));
  }

  /** Takes lines; resolves when more may come. Throws `FailureError` `OUTPUT_UNWRITABLE`. */
  async write(...lines: readonly string[]): Promise<void> {
    for (const line of lines) this.#gathered += `${line}\n`;
    if (this.#gathered.length >= gatheredMax) await this.#flush();
  }

  /** Takes a line of any bytes, as they are. */
  async writeBytes(line: Uint8Array): Promise<void> {
    await this.#flush();
    await this.#put(Buffer.concat([line, lineEnd]));
  }

  /** Resolves when all is written. */
  async close(): Promise<void> {
    await this.#flush();
    if (this.#stream === process.stdout) return;
    this.#stream.end();
    await finished(this.#stream).catch((error: unknown) => this.#fail(error as Error));
  }

  async #flush(): Promise<void> {
    if (this.#error !== null) this.#fail(this.#error);
    const text = this.#gathered;
    this.#gathered = '';
    if (text !== '') await this.#put(text);
  }

  async #put(piece: string | Buffer): Promise<void> {
    if (this.#stream.write(piece)) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        this.#stream.off('drain', settle).off('error', settle).off('close', settle);
        resolve();
      };
      this.#stream.on('drain', settle).on('error', settle).on('close', settle);
    });
    if (this.#error !== null) this.#fail(this.#error);
  }

  #fail(error: Error): never {
    throw new FailureError(
      { code: 'OUTPUT_UNWRITABLE', message: `${error.message}.`, path: this.#path },
      { cause: error },
    );
  }
}
