import { limits } from '../domain/limits.ts';

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 24 * 3_600_000 } as const;

/**
 * Milliseconds of a standing time as the policy writes it: a whole number and s, m, h or d, at most 365 days; or
 * `forever`, which is Infinity. Undefined for anything else.
 */
export function parseStandingTime(text: string): number | undefined {
  if (text === 'forever') return Infinity;
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  if (match === null) return undefined;
  const durationMs = Number(match[1]) * unitsMs[match[2] as keyof typeof unitsMs];
  return durationMs <= limits.durationMsMax ? durationMs : undefined;
}
