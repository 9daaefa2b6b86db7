import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../../../src/adapters/kafka/client.ts';
import { needsOf } from '../../../../src/adapters/kafka/rights.ts';
import { clock, kafkaSettings } from '../../../integration/kafka/support.ts';

const names = { events: 'in', decisions: 'out', deadLetters: 'dead' };

describe('what a processor needs of its topics', () => {
  it('is to read what comes and to write what goes', () => {
    expect(needsOf(names)).toEqual([
      { topic: 'in', operation: 'Read' },
      { topic: 'out', operation: 'Write' },
      { topic: 'dead', operation: 'Write' },
    ]);
  });

  it('is both where members tell each other something, and nothing of what is the archive’s', () => {
    const more = needsOf({ ...names, labels: 'labels', lists: 'lists', verdicts: 'verdicts', audit: 'audit' });
    expect(more.slice(1, -2)).toEqual([
      { topic: 'labels', operation: 'Read' },
      { topic: 'lists', operation: 'Read' },
      { topic: 'verdicts', operation: 'Read' },
      { topic: 'verdicts', operation: 'Write' },
    ]);
  });
});

function methodsOf(there: object, methods: readonly string[]): string[] {
  return methods.filter((each) => typeof (there as Record<string, unknown>)[each] === 'function');
}

describe('what is taken from inside kafkajs', () => {
  it('finds brokers, and writes and reads what a request is made of', () => {
    const internals = createRequire(import.meta.url);
    const client = createClient({
      settings: kafkaSettings(['127.0.0.1:1']),
      log: () => undefined,
      clock,
      requestTimeoutMs: 1,
    });
    const symbol = Object.getOwnPropertySymbols(client).find(
      ({ description }) => description === 'private:Kafka:createCluster',
    );
    const cluster = (client as unknown as Record<symbol, (options: object) => object>)[symbol!]!({});
    const calls = ['connect', 'disconnect', 'refreshMetadata', 'findControllerBroker', 'findBroker'];
    expect(methodsOf(cluster, calls)).toEqual(calls);
    const { prototype: encoder } = internals('kafkajs/src/protocol/encoder') as { prototype: object };
    expect(methodsOf(encoder, ['writeArray', 'writeBoolean'])).toHaveLength(2);
    const { prototype: decoder } = internals('kafkajs/src/protocol/decoder') as { prototype: object };
    const reads = ['readInt16', 'readInt32', 'readString', 'readBoolean', 'readBytes', 'readArray'];
    expect(methodsOf(decoder, reads)).toEqual(reads);
  });
});
