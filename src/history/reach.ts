import { allowedLatenessMs, windows, type KindLayout } from '../features/state.ts';

/** The longest window in which what was only tried (failed signups, failed logins) is counted, milliseconds. */
const attemptSpanMsMax = windows['24h'].spanMs;

/**
 * Milliseconds of event time after its last touch for which an entity of a kind counts in some window. Beyond that it has only what no
 * window bounds: label, standing, spans.
 */
export function reachMs({ counts, distincts }: Pick<KindLayout, 'counts' | 'distincts'>): number {
  const spans = [...counts, ...distincts].flatMap((counter) => counter.windows.map((name) => windows[name].spanMs));
  return Math.max(0, ...spans) + allowedLatenessMs;
}

/** The same of an entity that attempts alone have touched. */
export function attemptReachMs(layout: Pick<KindLayout, 'counts' | 'distincts'>): number {
  return Math.min(reachMs(layout), attemptSpanMsMax + allowedLatenessMs);
}
