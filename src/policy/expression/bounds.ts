import type { ASTNode } from '@marcbachmann/cel-js';
import { conjunctsOf } from './syntax-tree.ts';
import { comparisonOf, type Columns, type Comparator } from './translate.ts';

/** The values that a feature may still have. */
interface Interval {
  readonly least: number;
  readonly most: number;
  /** Whether the end itself is left out. */
  readonly aboveLeast: boolean;
  readonly belowMost: boolean;
}

const anything: Interval = { least: -Infinity, most: Infinity, aboveLeast: false, belowMost: false };

/** The first condition that contradicts one before it, as in `a > 5 && a < 3`: all of it can then never be true. */
export function contradictionIn(root: ASTNode, columns: Columns): ASTNode | undefined {
  const intervals = new Map<number, Interval>();
  for (const conjunct of conjunctsOf(root)) {
    const comparison = comparisonOf(conjunct, columns);
    if (comparison?.left.kind !== 'feature' || comparison.right.kind !== 'constant') continue;
    const { column } = comparison.left;
    const interval = narrow(intervals.get(column) ?? anything, comparison.comparator, comparison.right.value);
    if (isEmpty(interval)) return conjunct;
    intervals.set(column, interval);
  }
  return undefined;
}

function narrow(interval: Interval, comparator: Comparator, value: number): Interval {
  switch (comparator) {
    case '>':
    case '>=':
      return above(interval, value, comparator === '>');
    case '<':
    case '<=':
      return below(interval, value, comparator === '<');
    case '==':
      return below(above(interval, value, false), value, false);
    default:
      return interval;
  }
}

function above(interval: Interval, value: number, isOpen: boolean): Interval {
  if (value < interval.least || (value === interval.least && !isOpen)) return interval;
  return { ...interval, least: value, aboveLeast: isOpen };
}

function below(interval: Interval, value: number, isOpen: boolean): Interval {
  if (value > interval.most || (value === interval.most && !isOpen)) return interval;
  return { ...interval, most: value, belowMost: isOpen };
}

function isEmpty({ least, most, aboveLeast, belowMost }: Interval): boolean {
  return least > most || (least === most && (aboveLeast || belowMost));
}
