import { noneDegraded, noneTwice, p99AtMost } from '../judge/limits.ts';
import { played } from '../stage/scenario.ts';

/** Every so many events come from the one address. */
const everyOf = 10;
/** For documentation (RFC 5737): nobody's. */
const address = '203.0.113.7';

export const hotEntity = played({
  name: 'hot-entity',
  question: 'One address has a tenth of all traffic: does its history cost more with every event?',
  setup: {
    store: 'embedded',
    members: 1,
    partitions: 4,
    rate: { ofKnee: 0.3 },
    shape: (event, index) =>
      index % everyOf === 0
        ? { ...event, value: Buffer.from(String(event.value).replace(/"ip":"[^"]*"/, `"ip":"${address}"`)) }
        : event,
  },
  limits: [noneTwice, noneDegraded, p99AtMost(10, 250)],
  boundBy: 'the way through Kafka, twice: a counter costs the same, however much it counts',
});
