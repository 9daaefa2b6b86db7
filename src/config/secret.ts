import { inspect } from 'node:util';

/** What stands in place of a secret wherever one would be printed. */
export const redacted = '[redacted]';

/**
 * A text that must not be printed. Every usual way to print a value (template, JSON, `console.log`, a logger's serialiser) gives
 * `[redacted]`; only `reveal` gives the text, so a search for it finds every use.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}
