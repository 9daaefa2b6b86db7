import { featureColumn } from '../../../src/features/catalogue.ts';
import { featureCount } from '../../../src/features/extract.ts';

/** The column of a feature that the catalogue has. */
export function columnOf(name: string): number {
  const column = featureColumn(name);
  if (column === undefined) throw new Error(`the catalogue has no ${name}`);
  return column;
}

/** A matrix in the catalogue's columns, a row for each of `rows`; what is not named is missing. */
export function matrixOf(...rows: readonly Readonly<Record<string, number>>[]): Float32Array {
  const matrix = new Float32Array(rows.length * featureCount).fill(NaN);
  for (const [index, values] of rows.entries()) {
    for (const [name, value] of Object.entries(values)) matrix[index * featureCount + columnOf(name)] = value;
  }
  return matrix;
}
