/** Bytes of a piece as JSON in UTF-8 at most. */
export const pieceBytesMax = 2 * 1024 * 1024;

/**
 * What is kept with a store, in pieces that JSON can write, of at most `pieceBytesMax`, of the same moment: what groups said after it, and what came of
 * that, is not in the records, so that it must be said again.
 */
export interface Pieces {
  /** As it is at the call. A piece a step, each in about a millisecond: between two of them the stream goes on. */
  write(): Iterable<object>;
  /** Called for each, in order. What somebody else wrote, or another version, is left out. */
  read(piece: object): void;
}

/** Several, one after the other. Each is handed all pieces, and leaves those of the others alone. */
export function joined(...many: readonly Pieces[]): Pieces {
  return {
    write: () => inTurn(many.map((one) => one.write())),
    read: (piece) => {
      for (const one of many) one.read(piece);
    },
  };
}

function* inTurn(many: readonly Iterable<object>[]): Generator<object> {
  for (const pieces of many) yield* pieces;
}

/**
 * Items a few at a time: of so much weight together at most, or one. What comes while they are gone through is among them, or will be told
 * again.
 */
export function* inPieces<T>(
  items: Iterable<T>,
  weightMax: number,
  weightOf: (item: T) => number = () => 1,
): Generator<readonly T[]> {
  let piece: T[] = [];
  let weight = 0;
  for (const item of items) {
    const more = weightOf(item);
    if (piece.length > 0 && weight + more > weightMax) {
      yield piece;
      [piece, weight] = [[], 0];
    }
    piece.push(item);
    weight += more;
  }
  if (piece.length > 0) yield piece;
}
