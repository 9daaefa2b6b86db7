import { setTimeout as wait } from 'node:timers/promises';
import { fingerprint } from './versions.ts';

/**
 * Calls `changed` whenever the bytes of a file are others than before, looking every `pollMs`. Polling, since watching does not
 * see a replaced file on every file system (mounted volumes, network shares); a rename in place is seen at the next look.
 * A file that is away for a moment is no change. Resolves when `signal` ends it.
 */
export async function watchFile(
  file: string,
  pollMs: number,
  signal: AbortSignal,
  changed: () => Promise<void>,
): Promise<void> {
  let known = await fingerprint(file);
  while (!signal.aborted) {
    await wait(pollMs, undefined, { signal }).catch(() => undefined);
    const current = signal.aborted ? known : await fingerprint(file);
    if (current === null || current === known) continue;
    known = current;
    await changed();
  }
}
