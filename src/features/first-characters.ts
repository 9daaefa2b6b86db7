/**
 * How the texts of a set begin. Nearly every other text begins otherwise, and is told apart from all of them by two characters,
 * without a copy in lower case, without a hash.
 */
export class FirstCharacters {
  /** 1 at each pair of characters that a text begins with: `first × 128 + second`, 0 for the second of one that has only one. */
  readonly #pairs = new Uint8Array(asciiCount ** 2);

  /** @param texts In lower case and ASCII, not empty. */
  constructor(texts: Iterable<string>) {
    for (const text of texts) this.#pairs[text.charCodeAt(0) * asciiCount + (text.charCodeAt(1) || 0)] = 1;
  }

  /**
   * False where no text of the set begins so, whatever the case. True for what is not ASCII: of that this cannot tell.
   * @param first, second UTF-16 units; `second` NaN or 0 where there is none.
   */
  mayBe(first: number, second: number): boolean {
    if (first >= asciiCount || second >= asciiCount) return true;
    return this.#pairs[lower(first) * asciiCount + lower(second || 0)] === 1;
  }
}

const asciiCount = 0x80;

function lower(unit: number): number {
  return unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
}
