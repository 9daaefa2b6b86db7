import type { Scalar } from 'yaml';

/**
 * Where the character `offset` of a YAML text stands in the source. A text in blocks or quotes differs from its source in
 * indentation, line ends, quotes and escapes, but its visible characters stand there in the same order: so each is looked
 * for after the one before it. A character that is written as an escape keeps the place of its neighbour. An offset at the
 * text's end is the place after its last character.
 */
export function offsetInSource(scalar: Scalar<string>, source: string, offset: number): number {
  const [start, end] = scalar.range ?? [0, 0];
  let next = firstCharacter(scalar, source, start);
  for (let index = 0; index < scalar.value.length; index++) {
    const character = scalar.value[index]!;
    const found = character.trim() === '' ? -1 : source.indexOf(character, next);
    const place = found === -1 || found >= end ? next : found;
    if (index >= offset) return place;
    if (place === found) next = found + 1;
  }
  return next;
}

function firstCharacter(scalar: Scalar<string>, source: string, start: number): number {
  switch (scalar.type) {
    case 'BLOCK_FOLDED':
    case 'BLOCK_LITERAL':
      return source.indexOf('\n', start) + 1;
    case 'QUOTE_DOUBLE':
    case 'QUOTE_SINGLE':
      return start + 1;
    default:
      return start;
  }
}
