/** Sets of reference data that can be missing on their own. */
export const referenceParts = [
  'asn',
  'country',
  'disposableDomains',
  'freeDomains',
  'publicSuffixes',
  'phones',
  'automation',
  'timeZones',
] as const;
export type ReferencePart = (typeof referenceParts)[number];

export interface MissingPart {
  readonly part: ReferencePart;
  /** What went wrong, for the log. */
  readonly cause: string;
}
