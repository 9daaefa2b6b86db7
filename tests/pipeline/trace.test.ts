import { expect, it } from 'vitest';
import { decisionSchema } from '../../src/wire/decision-schema.ts';
import { exampleEvents } from '../../src/wire/examples.ts';
import { headersOf, valuesOf } from '../headers.ts';
import { batchesOf, recordOf, World } from './world.ts';

/** Who asks where a decision came from follows its trace: through the platform to the event, and from the decision on. */

const ofEvent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const ofHop = '00-4bf92f3577b34da6a3ce929d0e0e4736-53ce929d0e0e4736-01';

const eventWith = (members: object) => Buffer.from(JSON.stringify({ ...exampleEvents['account.signup'], ...members }));

const records = [
  recordOf(eventWith({ id: 'both', traceparent: ofEvent }), 0, headersOf({ traceparent: ofHop })),
  recordOf(eventWith({ id: 'event', traceparent: ofEvent }), 1),
  recordOf(eventWith({ id: 'hop' }), 2, headersOf({ traceparent: ofHop })),
  recordOf(eventWith({ id: 'neither', traceparent: 'anna@example.com' }), 3, headersOf({ traceparent: 'anna' })),
];

it('goes from the event to its decision, and beside it from record to record', async () => {
  const world = await new World({ emit: 'all' }).takeAll(batchesOf(records, [2]));
  const told = world.sent.decisions.map(({ value, headers }) => {
    const { data, traceparent } = decisionSchema.parse(JSON.parse(value as string));
    return [data.trigger?.event_id, traceparent, valuesOf(headers)['traceparent']];
  });
  expect(told).toEqual([
    ['both', ofEvent, ofHop],
    ['event', ofEvent, ofEvent],
    ['hop', undefined, ofHop],
    ['neither', undefined, undefined],
  ]);
  expect(world.sent.decisions.map(({ value }) => value).join()).not.toContain('anna@example.com');
});
