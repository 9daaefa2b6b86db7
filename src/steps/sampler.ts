import type { AccountEvent } from '../domain/event.ts';
import type { Listed } from '../domain/listed.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import { drawOf, type Draw, type Sampling } from '../policy/sampling.ts';

/** Finds where an event stands in the draw of the samples; undefined where no model spoke, since the probabilities depend on the score. */
export type Sampler = (event: AccountEvent, score: number | null, listed: Listed | undefined) => Draw | undefined;

/** Apart from what else is hashed under this key. */
const kindOfPlaces = 250;
const wordSize = 2 ** 32;

/**
 * The sampler of a policy; undefined where it draws nobody.
 *
 * An account's place is a hash under the key of the history, so that nobody without it can tell who is drawn, nor make an account that is, and
 * all members of a group agree. Each period of event time has an order of its own: being let through is for nobody for ever.
 */
export function samplerFor(sampling: Sampling | undefined, hasher: EntityKeyHasher): Sampler | undefined {
  if (sampling === undefined) return undefined;
  return ({ subject, timeMs }, score, listed) => {
    if (score === null) return undefined;
    hasher.hashText(kindOfPlaces, `${Math.floor(timeMs / sampling.periodMs)} ${subject}`);
    const isWatched = listed?.entries.some(({ kind }) => kind === 'watch') ?? false;
    return drawOf(sampling, hasher.high / wordSize, score, isWatched);
  };
}
