import * as fc from 'fast-check';
import kafkajs, { type Message, type PartitionMetadata } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { Acknowledgements } from '../../../../src/adapters/kafka/acknowledgements.ts';

function partitions(count: number): PartitionMetadata[] {
  const none = { partitionErrorCode: 0, leader: 1, replicas: [1], isr: [1] };
  return Array.from({ length: count }, (_, partitionId) => ({ ...none, partitionId }));
}

function place(acknowledgements: Acknowledgements, message: Message, count = 7): number {
  return acknowledgements.createPartitioner()({ topic: 't', partitionMetadata: partitions(count), message });
}

describe('partitions of records', () => {
  it('are those of every other Kafka client, by key', () => {
    const others = kafkajs.Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        (key) => {
          const message = { key, value: 'any' };
          const expected = others({ topic: 't', partitionMetadata: partitions(7), message });
          expect(place(new Acknowledgements(), message)).toBe(expected);
        },
      ),
    );
  });

  // The hash that kafkajs brings takes minutes for it.
  it('are found at once for a key of megabytes, and for a value of megabytes without a key', () => {
    const bytes = Buffer.alloc(4_000_003, 'k');
    expect(place(new Acknowledgements(), { key: bytes, value: 'any' })).toBe(
      place(new Acknowledgements(), { key: null, value: bytes }),
    );
  });

  it('are the same each time for a record without a key', () => {
    fc.assert(
      fc.property(fc.option(fc.string()), (value) => {
        const places = Array.from({ length: 5 }, () => place(new Acknowledgements(), { key: null, value }));
        expect(new Set(places).size).toBe(1);
      }),
    );
  });

  it('are spread by value for records without a key', () => {
    const places = Array.from({ length: 100 }, (_, index) =>
      place(new Acknowledgements(), { key: null, value: `${index}` }),
    );
    expect(new Set(places).size).toBe(7);
  });
});

describe('acknowledgements', () => {
  it('are complete when each partition has answered', () => {
    const acknowledgements = new Acknowledgements();
    acknowledgements.begin();
    const answers = ['a', 'b', 'c'].map((key) => ({ partition: place(acknowledgements, { key, value: '' }) }));
    expect(() => acknowledgements.complete(answers)).not.toThrow();
  });

  it('are not when kafkajs reports success and one is missing', () => {
    const acknowledgements = new Acknowledgements();
    acknowledgements.begin();
    const answers = ['a', 'b', 'c'].map((key) => ({ partition: place(acknowledgements, { key, value: '' }) }));
    const [first, ...others] = answers.toSorted((left, right) => left.partition - right.partition);
    const answered = others.filter(({ partition }) => partition !== first?.partition);
    expect(() => acknowledgements.complete(answered)).toThrow(`Not acknowledged: partitions ${first?.partition}`);
  });

  it('stop a chunk that is tried again after the topic has grown, until it begins anew', () => {
    const acknowledgements = new Acknowledgements();
    place(acknowledgements, { key: 'a', value: '' }, 3);
    expect(() => place(acknowledgements, { key: 'a', value: '' }, 4)).toThrow('new partitions');
    acknowledgements.reset();
    expect(() => place(acknowledgements, { key: 'a', value: '' }, 4)).not.toThrow();
  });
});
