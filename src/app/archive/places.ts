import type { Archive } from '../../archive/archive.ts';

type KnownPlaces = Pick<Archive, 'offsets' | 'nameSource' | 'restart'>;

/** Where an archive is in its topics: as the archive keeps it, and as was taken since. */
export class Places {
  readonly #archive: KnownPlaces;
  readonly #nexts: Map<string, number>;

  private constructor(archive: KnownPlaces, nexts: ReadonlyMap<string, number>) {
    this.#archive = archive;
    this.#nexts = new Map(nexts);
  }

  static async of(archive: KnownPlaces): Promise<Places> {
    return new Places(archive, await archive.offsets());
  }

  /** The offset that is next; undefined where nothing was taken. */
  next(topic: string, partition: number): number | undefined {
    return this.#nexts.get(placeOf(topic, partition));
  }

  reached(topic: string, partition: number, next: number): void {
    this.#nexts.set(placeOf(topic, partition), next);
  }

  /** The topic has this id: returns whether the archive has it from now on for another one than it read. Its places are then those of no other topic. */
  async identified(topic: string, id: string): Promise<boolean> {
    const isAnother = await this.#archive.nameSource(topic, id);
    // Whatever it answers: a call whose answer was lost, or another process, may have had the places of the former one forgotten.
    for (const place of this.#nexts.keys()) if (isOf(place, topic)) this.#nexts.delete(place);
    for (const [place, next] of await this.#archive.offsets()) if (isOf(place, topic)) this.#nexts.set(place, next);
    return isAnother;
  }

  async remade(topic: string, partition: number): Promise<void> {
    await this.#archive.restart(topic, partition);
    this.#nexts.delete(placeOf(topic, partition));
  }
}

function placeOf(topic: string, partition: number): string {
  return `${topic} ${partition}`;
}

function isOf(place: string, topic: string): boolean {
  return place.startsWith(`${topic} `);
}
