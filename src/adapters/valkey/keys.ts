import type { ValkeySettings } from './settings.ts';

/**
 * The keys of a history. All begin with the prefix of the settings; what is in braces is the hash tag, and keys of one tag lie on one node.
 */

/** Of the state's and the log's layout. Another one makes Winnow forget its history. */
const stateFormat = 2;
/** Of what accounts have in common. Another one makes Winnow forget that. */
const groupsFormat = 1;
/** Of legal holds. Another one makes Winnow forget those that it knows. */
const holdsFormat = 1;

/** Behind the beginning of a shard's keys, where its watermarks are. */
export const watermarksName = 'watermarks';

/** What comes behind the prefix in a key of any of these formats, but the stamp; not in one of a prefix that only begins alike. */
const own = /^(?:(?:groups)?\d+\.\d+\{s\d+\}:|holds\d+\{holds\}:|\{governor\}:log$)/;

type Prefix = Pick<ValkeySettings, 'keyPrefix'>;
type Shards = Pick<ValkeySettings, 'keyPrefix' | 'shards'>;

/** [shard] key of its watermarks; entities' keys begin like it. */
export function watermarkKeys(settings: Shards): readonly string[] {
  return shardPrefixes(settings, String(stateFormat)).map((prefix) => prefix + watermarksName);
}

/** [shard] beginning of the keys of what accounts have in common. */
export function groupPrefixes(settings: Shards): readonly string[] {
  return shardPrefixes(settings, `groups${groupsFormat}`);
}

/** Beginning of the keys of legal holds. */
export function holdsPrefix({ keyPrefix }: Prefix): string {
  return `${keyPrefix}holds${holdsFormat}{holds}:`;
}

/** The log of members: with a hash tag of its own, so that it lies with no shard. */
export function memberLogKey({ keyPrefix }: Prefix): string {
  return `${keyPrefix}{governor}:log`;
}

/** Under which a history says by what secret it was made: without expiry, as watermarks are. */
export function stampKey({ keyPrefix }: Prefix): string {
  return `${keyPrefix}secret`;
}

/** Whether a key that begins with the prefix is one of a history, of whatever format, and not its stamp. */
export function isOfHistory(key: string, { keyPrefix }: Prefix): boolean {
  return own.test(key.slice(keyPrefix.length));
}

function shardPrefixes({ keyPrefix, shards }: Shards, format: string): readonly string[] {
  return Array.from(
    { length: shards },
    (_, shard) => `${keyPrefix}${format}.${shards}{s${String(shard).padStart(2, '0')}}:`,
  );
}
