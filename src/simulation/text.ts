import type { Random } from './random.ts';
import { weighted } from './random.ts';
import { coinedWord } from './population/usernames.ts';
import type { World } from './world.ts';

/** How somebody writes: similarity hashes (16 hex digits) of texts, and the domains they link to. */
export interface Voice {
  readonly textHash: (random: Random) => string;
  /** Domains linked to in a text; often none. */
  readonly links: (random: Random) => readonly string[];
}

/** The hash of almost the same text: some of its 64 bits turned. */
export function nearDuplicate(hash: string, bitsTurned: number, random: Random): string {
  let bits = BigInt(`0x${hash}`);
  for (let turned = 0; turned < bitsTurned; turned += 1) bits ^= 1n << BigInt(random.integer(0, 63));
  return bits.toString(16).padStart(16, '0');
}

const honestDomain = weighted([
  ['youtube.com', 22],
  ['instagram.com', 14],
  ['tiktok.com', 12],
  ['wikipedia.org', 8],
  ['open.spotify.com', 7],
  ['medium.com', 4],
  ['github.com', 3],
  ['bit.ly', 9],
  ['t.me', 8],
  ['amzn.to', 4],
  ['forms.gle', 4],
  ['linktr.ee', 5],
]);

/** Endings under which both small honest shops and throw-away sites live. */
const cheapEndings = ['shop', 'store', 'online', 'site', 'club', 'xyz', 'top'] as const;

export function siteDomain(random: Random): string {
  return `${coinedWord(random, random.integer(2, 4))}.${random.pick(cheapEndings)}`;
}

/** An honest person's texts: own words, now and then what everybody sends. */
export function ownVoice(random: Random, world: World): Voice {
  const { texts } = world.customs;
  const ownSite = random.chance(0.05) ? siteDomain(random) : undefined;
  const linkShare = (random.chance(0.22) ? 0.45 : 0.1) * texts.linkScale;
  const repeated = texts.ownRepeatShare > 0 ? random.hex(16) : '';
  return {
    textHash(own) {
      if (own.chanceOrCertain(texts.ownRepeatShare)) return repeated;
      if (own.chance(texts.memeShare)) return nearDuplicate(own.pick(world.memes), own.integer(0, 3), own);
      return own.chance(texts.phraseShare) ? own.pick(world.commonPhrases) : own.hex(16);
    },
    links: (own) =>
      own.chance(linkShare) ? [ownSite !== undefined && own.chance(0.6) ? ownSite : honestDomain(own)] : [],
  };
}

export interface PitchOptions {
  /** How many different texts the campaign has. */
  readonly templates: number;
  /** Most bits by which a sending differs from its template. */
  readonly bitsTurnedMax: number;
  /** Share of texts that carry a link. */
  readonly linkShare: number;
  /** Share of texts that are written like anybody's. */
  readonly ownWordsShare: number;
}

/** A campaign's texts: few templates, lightly varied, that lead to few domains, some of them shorteners. */
export function pitchVoice(random: Random, world: World, options: PitchOptions): Voice {
  const templates = Array.from({ length: options.templates }, () => random.hex(16));
  const shortener = random.pick(['bit.ly', 't.me', 'cutt.ly', 'linktr.ee']);
  const domains = [shortener, ...Array.from({ length: random.integer(1, 4) }, () => siteDomain(random))];
  const cover = ownVoice(random, world);
  return {
    textHash: (own) =>
      own.chance(options.ownWordsShare)
        ? cover.textHash(own)
        : nearDuplicate(own.pick(templates), own.integer(0, options.bitsTurnedMax), own),
    links: (own) => (own.chance(options.linkShare) ? [own.pick(domains)] : []),
  };
}
