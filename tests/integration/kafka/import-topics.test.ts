import { expect, it } from 'vitest';
import { EmbeddedLegalHolds } from '../../../src/adapters/embedded/legal-holds.ts';
import { EmbeddedFeatureStore } from '../../../src/adapters/embedded/store.ts';
import { importTopics } from '../../../src/app/import-topics.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { noReference } from '../../../src/features/reference.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import { policyOf } from '../../unit/policy/policies.ts';
import { cloudEvent, loginOf } from '../../unit/steps/events.ts';
import { clock, kafkaSettings, makeTopics, uniqueNames, until, withAdmin, write } from './support.ts';

const dayMs = 24 * 3_600_000;

function login(account: string) {
  const event = cloudEvent({ ...loginOf(account), timeMs: clock.nowMs() });
  return { key: account, value: Buffer.from(event).toString() };
}

it('a topic that was made anew between two imports is read from its beginning', async (context) => {
  const { brokers } = requireKafka(context);
  const names = uniqueNames();
  const { events, decisions, groupId } = names;
  const topics = { events, decisions };
  const kafka = { settings: kafkaSettings(brokers, names), clock, log: () => undefined };
  const store = new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 });
  const options = {
    topics,
    events: { behindMsMax: 7 * dayMs, decideFrom: undefined, pastMsMax: 0 },
    history: { store, legalHolds: new EmbeddedLegalHolds(), handle: <T>(work: () => Promise<T>) => work() },
    hasher: new EntityKeyHasher(Buffer.from('another secret..')),
    reference: noReference,
    policy: policyOf(),
    clock,
  };
  const take = async (accounts: readonly string[], committed: number): Promise<void> => {
    await write(brokers, events, accounts.map(login));
    const partitions = [{ partition: 0, offset: String(committed) }];
    await withAdmin(brokers, (admin) => admin.setOffsets({ groupId, topic: events, partitions }));
  };

  await makeTopics(brokers, { [events]: 1, [decisions]: 1 });
  await take(['a', 'b', 'c'], 3);
  expect(await importTopics(kafka, options)).toMatchObject({ added: 3 });
  expect(await importTopics(kafka, options)).toMatchObject({ added: 0 });
  await withAdmin(brokers, async (admin) => {
    await admin.deleteTopics({ topics: [events] });
    await until(async () => !(await admin.listTopics()).includes(events), 'it is gone');
    // Kafka forgets what was committed to it some time later, and would take what is committed to the next one with it.
    const isOfIt = async () => (await admin.fetchOffsets({ groupId })).some(({ topic }) => topic === events);
    await until(async () => !(await isOfIt()), 'what was committed to it is gone');
  });
  await makeTopics(brokers, { [events]: 1 });
  await take(['d', 'e', 'f'], 2);
  expect(await importTopics(kafka, options)).toMatchObject({ added: 2 });
  await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [events, decisions] }));
});
