import type { AccountEvent } from '../domain/event.ts';
import type { Listed } from '../domain/listed.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import { drawOf, drawOfGroup, type Draw, type Sampling } from '../policy/sampling.ts';

/** Finds where events stand in the draw of the samples. */
export interface Sampler {
  /** Undefined where no model spoke, since the probabilities depend on the score. */
  ofEvent(event: AccountEvent, score: number | null, listed: Listed | undefined): Draw | undefined;
  /** Of an account that its group has spoken of. */
  ofGroup(event: AccountEvent): Draw;
}

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
  const placeOf = ({ subject, timeMs }: AccountEvent): number => {
    hasher.hashText(kindOfPlaces, `${Math.floor(timeMs / sampling.periodMs)} ${subject}`);
    return hasher.high / wordSize;
  };
  return {
    ofEvent(event, score, listed) {
      if (score === null) return undefined;
      const isWatched = listed?.entries.some(({ kind }) => kind === 'watch') ?? false;
      return drawOf(sampling, placeOf(event), score, isWatched);
    },
    ofGroup: (event) => drawOfGroup(sampling, placeOf(event)),
  };
}
