import { expect, it } from 'vitest';
import { LabelsApart } from '../../../src/cli/labels-apart.ts';
import type { IncomingRecord, RecordBatch } from '../../../src/ports.ts';
import { exampleEvents } from '../../../src/wire/examples.ts';

function recordOf(value: string, headers: IncomingRecord['headers'] = []): IncomingRecord {
  return { offset: 0, key: null, value: Buffer.from(value), headers, timestampMs: NaN };
}

const { 'account.labelled': labelled, 'account.signup': signup } = exampleEvents;
const { data, datacontenttype: _, ...attributes } = { datacontenttype: 'application/json', ...labelled };

it('what people said is kept from the events, in structured and in binary mode, and nothing else is', async () => {
  const speaking = { ...signup, data: { ...signup.data, bio: 'I am account.labelled' } };
  const binary = Object.entries(attributes).map(([name, text]) => ({
    name: `ce_${name}`,
    value: String(text),
  }));
  const records = [
    recordOf(JSON.stringify(signup)),
    recordOf(JSON.stringify(labelled)),
    recordOf(JSON.stringify(speaking)),
    recordOf(JSON.stringify(data), binary),
    recordOf('{"type":"account.labelled"'),
  ];
  const batch: RecordBatch = { topic: 'past', partition: 0, records };
  const apart = new LabelsApart({
    name: 'past',
    read: async function* () {
      yield batch;
    },
  });
  const left: IncomingRecord[] = [];
  for await (const each of apart.read()) left.push(...each.records);
  expect(left).toEqual([records[0], records[2], records[4]]);
  expect([...apart.labels]).toEqual([[labelled.subject, { label: data.label, segment: '' }]]);
});
