/** A share with its 95 % interval, each 0 to 1, from a random sample; or why there is none. A figure that nobody can know is said to be so. */
export type Figure =
  | {
      readonly value: number;
      readonly low: number;
      readonly high: number;
      readonly labels: number;
      readonly method: string;
    }
  | { readonly value: null; readonly why: string };

/** Of what machines find, over a period. */
export interface Quality {
  readonly accuracy: Figure;
  readonly precision: Figure;
  readonly recall: Figure;
}

/** What is estimated beside what is counted. */
export interface Estimates {
  /** Fake accounts as a share of those that were active. */
  readonly prevalence: Figure;
  /** Of all measures by machines. */
  readonly quality: Quality;
  /** By language, as the regulation names it: `de`. */
  readonly qualityByLanguage: ReadonlyMap<string, Quality>;
}

export function unknownFigure(why: string): Figure {
  return { value: null, why };
}

export function unknownQuality(why: string): Quality {
  const figure = unknownFigure(why);
  return { accuracy: figure, precision: figure, recall: figure };
}

/** Where there is no sample. */
export function noEstimates(why: string): Estimates {
  return { prevalence: unknownFigure(why), quality: unknownQuality(why), qualityByLanguage: new Map() };
}
