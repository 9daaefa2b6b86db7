/** What asked for a block. */
export interface BlockCause {
  /** As decisions and people name it, of any version: `rule:bulk-signup-from-device`. */
  readonly name: string;
  /** Another one as soon as the cause is another: it names the version, and what that says. */
  readonly key: string;
}

/** The segment that every event is in. */
export const everywhere = 'all';

/** Names a cause in a segment. No part has a line break in it. */
export function markOf({ name, key }: BlockCause, segment: string): string {
  return `${name}\n${key}\n${segment}`;
}

export function causeOfMark(mark: string): { readonly cause: BlockCause; readonly segment: string } {
  const [name, key, segment] = mark.split('\n') as [string, string, string];
  return { cause: { name, key }, segment };
}
