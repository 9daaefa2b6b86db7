import { FailureError } from '../../domain/failure.ts';
import { unavailable } from './failures.ts';
import { stampKey, watermarkKeys } from './keys.ts';
import type { Link } from './link.ts';
import type { ValkeySettings } from './settings.ts';

/** The check of the secret by which a history was made; null where it does not say. */
export async function stampOf(link: Link, settings: Pick<ValkeySettings, 'keyPrefix'>): Promise<string | null> {
  const key = stampKey(settings);
  const found = await link.send(key, ['GET', key]);
  return found === null ? null : (found as Buffer).toString();
}

/**
 * Sees to it that a history is used under one secret: under another one nobody is found, and the watermarks say that all has been counted. The first
 * that comes writes its own down. Rejects with `FailureError` `STORE_UNAVAILABLE`, `CONFIG_INVALID` where `refusesUnstamped` has it so, and with what the
 * client says.
 */
export async function checkStamp(link: Link, settings: ValkeySettings): Promise<void> {
  const { keyPrefix, secretCheck } = settings;
  if (secretCheck === undefined) return;
  const key = stampKey(settings);
  const found = (await stampOf(link, settings)) ?? (await stamp());
  if (found !== secretCheck)
    throw unavailable(
      `The history under ${keyPrefix} was made under another state.keySecret, by which nobody in it is found: name another valkey.keyPrefix.`,
    );

  /** Of two that come at once, one is first. */
  async function stamp(): Promise<string | null> {
    if (
      settings.refusesUnstamped === true &&
      (await hasCounted(link, settings)) &&
      (await stampOf(link, settings)) === null
    )
      throw new FailureError(unstamped(settings));
    await link.send(key, ['SET', key, secretCheck!, 'NX']);
    return stampOf(link, settings);
  }
}

/** Of histories of this format and number of shards. */
async function hasCounted(link: Link, settings: ValkeySettings): Promise<boolean> {
  const found = await Promise.all(watermarkKeys(settings).map((key) => link.send(key, ['HGETALL', key])));
  return found.some((watermarks) => Object.keys(watermarks as object).length > 0);
}

function unstamped({ keyPrefix }: ValkeySettings) {
  const message =
    `there is a history under ${keyPrefix} that does not say by which secret it was made: members of a former version may use it. ` +
    'Name another prefix for the one that is built, or start a member of this version on that one first.';
  return { code: 'CONFIG_INVALID', message, path: 'valkey.keyPrefix' } as const;
}
