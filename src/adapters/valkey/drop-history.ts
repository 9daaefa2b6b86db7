import { FailureError } from '../../domain/failure.ts';
import { messageOf, unavailable } from './failures.ts';
import { connect, socketSettings, type Link, type SendTo } from './link.ts';
import { isOfHistory, stampKey } from './keys.ts';
import { stampOf } from './secret-stamp.ts';
import type { ValkeySettings } from './settings.ts';

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
      for await (const found of scan(send, settings)) {
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

async function* scan(send: SendTo, settings: ValkeySettings): AsyncGenerator<readonly Buffer[]> {
  const pattern = `${settings.keyPrefix.replaceAll(/[*?[\]\\^]/g, String.raw`\$&`)}*`;
  let cursor = '0';
  do {
    const answer = await send(['SCAN', cursor, 'MATCH', pattern, 'COUNT', String(keysPerScan)]);
    const [next, keys] = answer as [Buffer, readonly Buffer[]];
    cursor = next.toString();
    yield keys.filter((key) => isOfHistory(key.toString('latin1'), settings));
  } while (cursor !== '0');
}
