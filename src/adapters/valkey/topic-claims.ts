import { Script } from './script.ts';

/**
 * KEYS[1] a shard's watermarks
 * ARGV[1] field that says of which topic those of a partition are, ARGV[2] its id, ARGV[3] `same` or `former`: of which those are of which nobody has
 *   said it. From ARGV[4] on their fields; the last one is the settled offset.
 *
 * Where they are of another topic, the watermarks go. Returns the settled offset that went, -1 for none; nil where nothing had to go.
 */
export const claimScript = new Script(`
local watermarks, field, id = KEYS[1], ARGV[1], ARGV[2]
local known = redis.pcall('HGET', watermarks, field)
-- Another type of key: whoever needs the watermarks replaces it.
if type(known) == 'table' or known == id then return false end
local settled = false
if known or ARGV[3] == 'former' then
  settled = tonumber(redis.call('HGET', watermarks, ARGV[#ARGV])) or -1
  redis.call('HDEL', watermarks, unpack(ARGV, 4))
end
redis.call('HSET', watermarks, field, id)
return settled
`);

/** Partitions that are remembered; of more, those that were claimed first are claimed once more. */
const partitionsMax = 10_000;

/**
 * Of which topic the watermarks of each partition are, as this process has written it into every shard: once, and again when what it wrote
 * may be lost. What was forgotten of a former topic waits here until somebody is told.
 */
export class TopicClaims {
  readonly #claimed = new Map<string, string>();
  readonly #formers = new Map<string, number>();

  has(partition: string, topicId: string): boolean {
    return this.#claimed.get(partition) === topicId;
  }

  /** @param settled what each shard answered */
  done(partition: string, topicId: string, settled: readonly (number | null)[]): void {
    this.#claimed.delete(partition);
    this.#claimed.set(partition, topicId);
    const [oldest] = this.#claimed.keys();
    if (this.#claimed.size > partitionsMax) this.#claimed.delete(oldest!);
    const gone = settled.filter((offset) => offset !== null);
    if (gone.length > 0) this.#formers.set(partition, Math.max(...gone));
  }

  /** The last settled record of a former topic whose watermarks went, once; undefined for none. */
  takeFormer(partition: string): number | undefined {
    const former = this.#formers.get(partition);
    this.#formers.delete(partition);
    return former;
  }

  forget(partition: string): void {
    this.#claimed.delete(partition);
  }

  /** A server may have lost what it had answered for. */
  doubt(): void {
    this.#claimed.clear();
  }
}
