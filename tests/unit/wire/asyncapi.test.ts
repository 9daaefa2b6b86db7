import { Parser } from '@asyncapi/parser';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { eventTypes } from '../../../src/domain/event.ts';
import { publishedFiles } from '../../../src/wire/publish.ts';

const files = publishedFiles();

describe('asyncapi.json', async () => {
  const { document, diagnostics } = await new Parser().parse(files.get('asyncapi.json')!);

  it('is valid AsyncAPI 3', () => {
    // 3.0 is what most tools read; the parser hints at 3.1.
    const faults = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version');
    expect(faults.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
    expect(
      document
        ?.channels()
        .all()
        .map((channel) => channel.address()),
    ).toEqual([
      'account-events',
      'account-labels',
      'account-lists',
      'winnow-control',
      'account-verdicts',
      'account-decisions',
      'account-decisions-shadow',
      'account-events-dead-letter',
      'winnow-audit',
    ]);
    expect(document?.operations().all()).toHaveLength(11);
  });

  const published = JSON.parse(files.get('asyncapi.json')!) as {
    components: {
      messages: Record<
        string,
        { payload: object; headers?: object; examples: { payload: unknown; headers?: unknown }[] }
      >;
    };
  };

  it.each(Object.entries(published.components.messages))('has an example of %s that fits its schemas', (_, message) => {
    const ajv = new Ajv({ strict: false });
    addFormats.default(ajv);
    const fits = (schema: object, value: unknown): unknown =>
      ajv.validate({ components: published.components, allOf: [schema] }, value) || ajv.errors;
    for (const example of message.examples) {
      expect(fits(message.payload, example.payload)).toBe(true);
      expect(fits(message.headers ?? {}, example.headers ?? {})).toBe(true);
    }
  });

  it('has a message for every event type, each in one channel', () => {
    const names = document!
      .channels()
      .all()
      .flatMap((channel) =>
        channel
          .messages()
          .all()
          .map((message) => message.name()),
      );
    expect(names.filter((name) => eventTypes.some((type) => type === name))).toEqual(eventTypes);
  });

  it('keys events and decisions by account, and gives dead letters all their headers', () => {
    const messages = document!.components().messages();
    for (const message of messages.all().filter((one) => one.name() !== 'dead-letter')) {
      expect(message.bindings().get('kafka')?.json()).toHaveProperty('key.type', 'string');
    }
    expect(messages.get('DeadLetter')?.headers()?.required()).toHaveLength(7);
  });
});
