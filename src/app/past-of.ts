import type { Config } from '../config/schema.ts';
import type { Past } from '../steps/time-bounds.ts';

/** What the settings say is past. */
export function pastOf({ decideFrom, pastMsMax }: Config['events']): Past | undefined {
  return decideFrom === undefined ? undefined : { untilMs: Date.parse(decideFrom), behindMsMax: pastMsMax };
}
