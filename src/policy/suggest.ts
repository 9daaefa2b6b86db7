/** ` Did you mean x?` for the name nearest to a misspelt one, or nothing where none is near. Begins with a space. */
export function suggestion(misspelt: string, names: readonly string[]): string {
  const distanceMax = Math.max(2, Math.floor(misspelt.length / 3));
  let nearest: string | undefined;
  let nearestDistance = distanceMax + 1;
  for (const name of names) {
    if (Math.abs(name.length - misspelt.length) >= nearestDistance) continue;
    const distance = editDistance(misspelt, name);
    if (distance < nearestDistance) [nearest, nearestDistance] = [name, distance];
  }
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`;
}

/** Levenshtein's distance by rows: insertions, deletions and replacements that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = at(row, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, at(row, j) + 1, at(next, j - 1) + 1));
    }
    row = next;
  }
  return at(row, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
