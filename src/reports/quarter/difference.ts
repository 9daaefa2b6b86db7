import type { FigureName } from './definitions.ts';
import type { QuarterReport } from './quarter.ts';

/** A figure that a later report of the same quarter tells otherwise. */
export interface Restated {
  readonly name: FigureName;
  readonly title: string;
  readonly former: number | null;
  readonly now: number | null;
}

/** What a report restates of a former one: labels, appeals and erasures come after a quarter has been told. */
export function restatedSince(former: Pick<QuarterReport, 'figures'>, now: QuarterReport): readonly Restated[] {
  const formerOf = new Map(former.figures.map(({ name, value }) => [name, value]));
  return now.figures.flatMap(({ name, title, value }) => {
    const before = formerOf.get(name) ?? null;
    return before === value ? [] : [{ name, title, former: before, now: value }];
  });
}
