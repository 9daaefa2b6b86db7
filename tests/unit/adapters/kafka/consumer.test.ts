import { expect, it } from 'vitest';
import { KafkaSource } from '../../../../src/adapters/kafka/consumer.ts';
import { HoldBoard } from '../../../../src/holds.ts';
import { silentTelemetry } from '../../../../src/telemetry.ts';
import { clock, kafkaSettings } from '../../../integration/kafka/support.ts';

it('a source that is drained before it is opened joins nothing, and is finished', async () => {
  const said: string[] = [];
  const source = new KafkaSource({
    settings: kafkaSettings(['127.0.0.1:1']),
    topics: ['events'],
    recordsMax: 10,
    handler: () => Promise.resolve(),
    telemetry: silentTelemetry,
    forgetOffsets: () => Promise.resolve(),
    holds: new HoldBoard(clock, silentTelemetry),
    log: (_level, message) => void said.push(message),
    clock,
    progress: () => undefined,
    onAssigned: () => undefined,
  });
  await source.drain();
  await source.close();
  source.open();
  await source.finished;
  expect([source.member, said]).toEqual([undefined, []]);
  await source.close();
});
