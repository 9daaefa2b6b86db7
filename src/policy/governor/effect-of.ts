import type { GovernorOverride } from '../../domain/control.ts';
import { everywhere } from './block-cause.ts';

/** What people ordered of a cause in a segment: of one part before all of them, in whatever order they said it. */
export function effectOf(
  overrides: readonly GovernorOverride[],
  cause: string,
  segment: string,
): GovernorOverride['effect'] | null {
  const ofCause = overrides.filter((override) => override.cause === cause);
  const own = ofCause.find((override) => override.segment === segment);
  return (own ?? ofCause.find((override) => override.segment === everywhere))?.effect ?? null;
}
