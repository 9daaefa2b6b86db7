import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { configuredTopics, inputsOf, topicRows, topics, topicsNamed } from '../../../src/domain/topics.ts';
import { asyncApiDocument } from '../../../src/wire/asyncapi.ts';

/** Settings, documents and what is made at the start each named the topics on their own, and each new one had to be told to five files. */

interface Document {
  readonly channels: Readonly<Record<string, { readonly address: string }>>;
  readonly operations: Readonly<
    Record<string, { readonly action: string; readonly channel: { readonly $ref: string } }>
  >;
}

describe('the table of topics', () => {
  it('is what can be configured: required ones by default, optional ones not', () => {
    const { kafka } = configSchema.parse({});
    const expected = configuredTopics.map(([role, { name, presence }]) => [
      role,
      presence === 'required' ? name : undefined,
    ]);
    expect(kafka.topics).toEqual(Object.fromEntries(expected));
  });

  it('is what the AsyncAPI document tells, and in which direction', () => {
    const { channels, operations } = asyncApiDocument() as Document;
    const told = Object.values(operations).map(({ action, channel: { $ref } }) => [
      action,
      channels[$ref.split('/').at(-1)!]?.address,
    ]);
    const actions = { in: ['receive'], out: ['send'], both: ['send', 'receive'] };
    const expected = topicRows.flatMap(([, row]) => actions[row.direction].map((action) => [action, row.name]));
    expect(told).toEqual(expected);
  });

  it('gives an installation those that it names, and of these what is read', () => {
    const names = { events: 'e', labels: undefined, decisions: 'd', deadLetters: 'x' };
    expect(topicsNamed(names).map(({ topic }) => topic)).toEqual(['e', 'd', 'x']);
    expect(inputsOf(names)).toEqual(['e']);
    expect(inputsOf({ ...names, labels: 'l', verdicts: 'v' })).toEqual(['e', 'l', 'v']);
  });

  it('has no name twice', () => {
    expect(new Set(topicRows.map(([, { name }]) => name)).size).toBe(Object.keys(topics).length);
  });
});
