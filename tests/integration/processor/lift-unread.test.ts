import { expect, it } from 'vitest';
import { exampleDecision } from '../../../src/wire/examples.ts';
import { write } from '../kafka/support.ts';
import { Scene } from './support/scene.ts';

const blocked = (subject: string, cause: object) => ({
  key: subject,
  value: JSON.stringify({
    ...exampleDecision,
    subject,
    data: { ...exampleDecision.data, action: 'block', rules: [{ id: 'everybody', version: 1 }], cause },
  }),
});

/** As it travels in binary mode. */
const foundFake = (subject: string) => ({
  key: subject,
  value: JSON.stringify({ label: 'fake', by: 'review' }),
  headers: {
    ce_specversion: '1.0',
    ce_type: 'account.labelled',
    ce_source: '/reviews',
    ce_id: 'word_1',
    ce_subject: subject,
    ce_time: '2026-11-24T05:00:00Z',
  },
});

it('a lift that cannot read each decision lifts what it can read, says how many it could not, and fails', async (context) => {
  const scene = await Scene.create(context);
  const labels = `${scene.names.events}-labels`;
  await scene.createTopic(labels, 1);
  await scene.write([
    blocked('acc_read', { kind: 'event' }),
    blocked('acc_both', { kind: 'event' }),
    blocked('acc_both', { kind: 'weather', of: 'a version to come' }),
    blocked('acc_judged', { kind: 'event' }),
    blocked('acc_fake', { kind: 'event' }),
    blocked('acc_later', { kind: 'weather', of: 'a version to come' }),
    // What a compaction leaves is nothing that anybody could read.
    { key: 'acc_gone', value: null },
  ]);
  await write(scene.brokers, labels, [
    { key: 'acc_judged', value: '{"specversion":"1.0","type":"account.judged"}' },
    { key: null, value: 'of nobody' },
    foundFake('acc_fake'),
  ]);
  // What the scene writes is taken for decisions.
  const variables = {
    WINNOW_KAFKA_TOPICS_DECISIONS: scene.names.events,
    WINNOW_KAFKA_TOPICS_EVENTS: scene.names.decisions,
    WINNOW_KAFKA_TOPICS_LABELS: labels,
  };
  const lift = (...more: string[]) =>
    scene.command(['lift', '--rule', 'everybody', '--reason', 'a mistake', '--author', 'anna', ...more], variables);
  const dry = lift('--dry-run');
  expect(await dry.ended).toMatchObject({ code: 6 });
  expect(dry.stderr).toMatch(
    /DECISIONS_UNREAD.*\b4 records of the decisions and labels topics could not be read.* 1 of them may be about any account/,
  );
  expect(await scene.read(labels)).toHaveLength(3);

  const lifted = lift();
  expect(await lifted.ended).toMatchObject({ code: 6 });
  expect(lifted.stderr).toMatch(/1 account left out: a person found them fake/);
  expect(lifted.stderr).toMatch(/Wrote 1 label/);
  expect(lifted.stderr).toMatch(
    /DECISIONS_UNREAD.*\b4 records of the decisions and labels topics could not be read.* 1 of them may be about any account/,
  );
  const said = (await scene.read(labels)).slice(3).map(({ value }) => JSON.parse(String(value)) as { subject: string });
  expect(said.map(({ subject }) => subject)).toEqual(['acc_read']);
});
