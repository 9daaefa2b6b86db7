/**
 * By what the script knows the beginning of a value again, to put something else in its place: the version of the value alone says nothing of
 * what was appended since. A server that has lost its last writes has that version with less behind it, or with what others have appended
 * to that: the last two words, of the event that touched the entity last, tell.
 */
export interface ValueMark {
  /** First word of the value. */
  readonly version: number;
  /** How much of it is meant; at least 2. */
  readonly words: number;
  readonly lastWords: readonly [number, number];
}

/** Words that a mark takes in an item. */
export const markWords = 4;

const bytesPerWord = 4;

/** The mark of the first `words` of a value at `at`. */
export function markOf(reply: Uint32Array, at: number, words: number): ValueMark {
  return { version: reply[at]!, words, lastWords: [reply[at + words - 2]!, reply[at + words - 1]!] };
}

/** Writes a mark as the script has it. */
export function writeMark(item: Uint32Array, at: number, { version, words, lastWords }: ValueMark): void {
  item[at] = version;
  item[at + 1] = words * bytesPerWord;
  item.set(lastWords, at + 2);
}
