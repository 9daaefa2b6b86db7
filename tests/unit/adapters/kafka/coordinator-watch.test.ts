import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { coordinatorLost, CoordinatorWatch } from '../../../../src/adapters/kafka/coordinator-watch.ts';

function scene(): { readonly watch: CoordinatorWatch; readonly pass: (ms: number) => void } {
  let nowMs = 1_000;
  return { watch: new CoordinatorWatch({ monotonicMs: () => nowMs }, 5_000), pass: (ms) => void (nowMs += ms) };
}

const refused = new kafkajs.KafkaJSConnectionError('connect ECONNREFUSED');
const rebalancing = new kafkajs.KafkaJSProtocolError(
  Object.assign(new Error('in words'), { type: 'REBALANCE_IN_PROGRESS', code: 27, retriable: false }),
);

describe('the watch over the coordinator', () => {
  it('takes it for lost after three requests in a row that did not get through', () => {
    const { watch } = scene();
    watch.failed(refused);
    watch.failed(refused);
    expect(watch.loss).toBeUndefined();
    watch.failed(refused);
    expect(watch.loss).toEqual({ code: 'BROKER_UNREACHABLE', message: 'connect ECONNREFUSED.' });
  });

  it('begins anew with every answer, and with the coordinator that was found', () => {
    const { watch } = scene();
    for (let round = 0; round < 10; round += 1) {
      watch.failed(refused);
      watch.failed(refused);
      watch.heard();
    }
    expect(watch.loss).toBeUndefined();
  });

  it('does not take an answer that says no for silence', () => {
    const { watch } = scene();
    for (let round = 0; round < 10; round += 1) watch.failed(rebalancing);
    expect(watch.loss).toBeUndefined();
  });

  // A broker that had lost the group's partition and had not heard of it answered each heartbeat, and refused all commits for minutes.
  it('takes one for lost that answers heartbeats, and says to each commit that it is no coordinator', () => {
    const { watch, pass } = scene();
    const denied = coordinatorLost({ code: 'BROKER_UNREACHABLE', message: 'in words' });
    watch.failed(denied);
    for (let second = 0; second < 5; second += 1) {
      expect(watch.loss).toBeUndefined();
      pass(1_000);
      watch.heard();
      watch.failed(denied);
    }
    pass(1);
    expect(watch.loss).toEqual({
      code: 'BROKER_UNREACHABLE',
      message: "The group's coordinator has said that it is none for 5 s.",
    });
    // It has let the member join again, or has taken a commit.
    watch.served();
    pass(60_000);
    watch.heard();
    expect(watch.loss).toBeUndefined();
  });

  it('takes it for lost when it has been silent, though nothing failed: a quiet stream commits nothing', () => {
    const { watch, pass } = scene();
    watch.asked();
    pass(5_000);
    expect(watch.loss).toBeUndefined();
    pass(1);
    expect(watch.loss).toMatchObject({ code: 'BROKER_UNREACHABLE' });
    watch.heard();
    expect(watch.loss).toBeUndefined();
  });

  // A snapshot that took long to write before the member asked to join was silence of the coordinator's, and the member was given up.
  it('does not take for silence what passes before it is asked for anything', () => {
    const { watch, pass } = scene();
    pass(60_000);
    expect([watch.silentMs, watch.loss]).toEqual([0, undefined]);
    watch.asked();
    pass(1_000);
    watch.asked();
    expect(watch.silentMs).toBe(1_000);
  });

  it('says it in the words at which kafkajs looks for the coordinator again', () => {
    const error = coordinatorLost({ code: 'BROKER_UNREACHABLE', message: 'It is gone.' });
    expect(error).toBeInstanceOf(kafkajs.KafkaJSProtocolError);
    expect(error).toMatchObject({ type: 'NOT_COORDINATOR_FOR_GROUP', code: 16 });
  });
});
