import { entityKinds } from '../../src/features/state.ts';
import type { connectTo } from '../../tests/servers/valkey/nodes.ts';

export type Client = Awaited<ReturnType<typeof connectTo>>;

export interface KindMemory {
  readonly kind: string;
  readonly entities: number;
  /** Key, value and what Valkey keeps beside them: the mean of those that were asked about. */
  readonly bytesPerEntity: number;
}

/** Entities whose memory is asked for, of each kind. */
const askedPerKind = 500;

/** The memory of the entities that a Valkey holds, kind by kind. It holds nothing else. */
export async function measureMemory(client: Client): Promise<readonly KindMemory[]> {
  const counts = new Map<string, number>();
  const bytes = new Map<string, number[]>();
  for await (const keys of client.withTypeMapping({ 36: Buffer }).scanIterator({ COUNT: 1_000 })) {
    for (const key of keys) {
      if (key.toString('latin1').endsWith('watermarks')) continue;
      const kind = entityKinds[key.at(-1)!]!;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const asked = bytes.get(kind) ?? [];
      bytes.set(kind, asked);
      if (asked.length < askedPerKind) asked.push((await client.memoryUsage(key)) ?? 0);
    }
  }
  return entityKinds
    .filter((kind) => counts.has(kind))
    .map((kind) => {
      const asked = bytes.get(kind)!;
      return {
        kind,
        entities: counts.get(kind)!,
        bytesPerEntity: asked.reduce((sum, each) => sum + each, 0) / asked.length,
      };
    });
}
