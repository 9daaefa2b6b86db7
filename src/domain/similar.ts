/** Longer words are not compared: the cost grows with the product of the lengths. */
const lengthMax = 80;

/**
 * The candidate that someone most likely meant by `word`: upper and lower case aside, the one with the fewest slips, if a third
 * of the letters or fewer are wrong.
 */
export function mostSimilar(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > lengthMax) return undefined;
  let best: string | undefined;
  let fewest = Math.floor(word.length / 3) + 1;
  for (const candidate of candidates) {
    const slips = slipsBetween(word.toLowerCase(), candidate.toLowerCase());
    if (slips < fewest) {
      best = candidate;
      fewest = slips;
    }
  }
  return best;
}

/** Letters added, left out, replaced, or swapped with their neighbour (optimal string alignment distance). */
export function slipsBetween(first: string, second: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: second.length + 1 }, (_, column) => column);
  for (let row = 1; row <= first.length; row++) {
    const current = [row];
    for (let column = 1; column <= second.length; column++) {
      const same = first[row - 1] === second[column - 1];
      let slips = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + (same ? 0 : 1));
      const swapped =
        row > 1 && column > 1 && first[row - 1] === second[column - 2] && first[row - 2] === second[column - 1];
      if (swapped) slips = Math.min(slips, beforePrevious[column - 2]! + 1);
      current.push(slips);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[second.length]!;
}

/** ` Did you mean x?` for the name nearest to a misspelt one, or nothing where none is near. Begins with a space. */
export function suggestion(misspelt: string, names: readonly string[]): string {
  const nearest = mostSimilar(misspelt, names);
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`;
}
