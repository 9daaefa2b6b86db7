import { FailureError } from '../../domain/failure.ts';
import { messageOf, unavailable } from './failures.ts';
import { connect, socketSettings, type Link, type SendTo } from './link.ts';
import { stampKey, stampOf } from './secret-stamp.ts';
import type { ValkeySettings } from './settings.ts';

/** What comes behind the prefix in a key of a history, of whatever format, but its stamp; not in one of a prefix that only begins alike. */
const own = /^(?:\d+\.\d+\{s\d+\}:|groups\d+\.\d+\{s\d+\}:|holds\d+\{holds\}:|\{governor\}:log$)/;

/** Keys that one answer brings, about. */
const keysPerScan = 1_000;

/**
 * Counts the keys of a history, or removes them: entities, watermarks, groups, holds and counts. Other prefixes are left alone. What is cut off is
 * done by the next call: the stamp goes last, since what is left without one would pass for a history of any secret. Returns how many were removed;
 * where none is, about how many there are, since a table that is being enlarged may name a key twice. Throws `FailureError`: `CONFIG_INVALID` where the
 * history was made under another secret than that of the settings, `STORE_UNAVAILABLE`.
 * @param settings with `secretCheck`
 */
export async function dropHistory(settings: ValkeySettings, mayRemove: boolean): Promise<number> {
  const ending = new AbortController();
  let link: Link | undefined;
  try {
    link = await connect(settings, socketSettings(settings), 0, ending.signal, () => undefined);
    const stamp = await stampOf(link, settings);
    if (stamp !== null && stamp !== settings.secretCheck) throw new FailureError(foreign(settings));
    let keys = mayRemove || stamp === null ? 0 : 1;
    await link.eachNode(async (send) => {
      for await (const found of scan(send, settings.keyPrefix)) {
        // One by one: in a cluster those of a call have to lie in one slot.
        if (mayRemove)
          for (const removed of await Promise.all(found.map((key) => send(['UNLINK', key])))) keys += Number(removed);
        else keys += found.length;
      }
    });
    const lastKey = stampKey(settings);
    if (mayRemove) keys += Number(await link.send(lastKey, ['UNLINK', lastKey]));
    return keys;
  } catch (error) {
    if (error instanceof FailureError) throw error;
    throw unavailable(messageOf(error, settings.nodes.join(', ')), error);
  } finally {
    ending.abort();
    link?.destroy();
  }
}

function foreign({ keyPrefix }: ValkeySettings) {
  const message = `the history under ${keyPrefix} was made under another secret: it is dropped by the settings under which it was made.`;
  return { code: 'CONFIG_INVALID', message, path: 'valkey.keyPrefix' } as const;
}

async function* scan(send: SendTo, keyPrefix: string): AsyncGenerator<readonly Buffer[]> {
  const pattern = `${keyPrefix.replaceAll(/[*?[\]\\^]/g, String.raw`\$&`)}*`;
  let cursor = '0';
  do {
    const answer = await send(['SCAN', cursor, 'MATCH', pattern, 'COUNT', String(keysPerScan)]);
    const [next, keys] = answer as [Buffer, readonly Buffer[]];
    cursor = next.toString();
    yield keys.filter((key) => own.test(key.toString('latin1').slice(keyPrefix.length)));
  } while (cursor !== '0');
}
