import { isDeepStrictEqual } from 'node:util';
import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { checkRights, needsOf } from '../../../src/adapters/kafka/rights.ts';
import type { KafkaSettings } from '../../../src/adapters/kafka/settings.ts';
import type { Result } from '../../../src/domain/failure.ts';
import { limitedUser } from '../../servers/kafka/broker-settings.ts';
import { requireKafka, requireKafkaSecurity } from '../../servers/shared-kafka.ts';
import type { Skip } from '../../servers/unavailable.ts';
import { clock, kafkaSettings, makeTopics, until, withAdmin } from './support.ts';

/**
 * Rights that are missing used to show at the first decision, as a crash, or never: without Read on its group a processor said for ever
 * that the coordinator cannot be found.
 */

interface Scene {
  readonly settings: KafkaSettings;
  readonly grant: (
    resource: 'topic' | 'group',
    name: string,
    operation: 'Read' | 'Write' | 'Describe',
  ) => Promise<void>;
  readonly check: () => Promise<Result<void>>;
}

const resourceTypes = { topic: kafkajs.AclResourceTypes.TOPIC, group: kafkajs.AclResourceTypes.GROUP };
const operationTypes = {
  Read: kafkajs.AclOperationTypes.READ,
  Write: kafkajs.AclOperationTypes.WRITE,
  Describe: kafkajs.AclOperationTypes.DESCRIBE,
};

/** Topics of a user who may do nothing with them until it is granted. */
async function scene(context: Skip): Promise<Scene> {
  const { brokers } = requireKafka(context);
  const { brokersSasl } = requireKafkaSecurity(context);
  const { username, password } = limitedUser;
  const settings: KafkaSettings = {
    ...kafkaSettings(brokersSasl),
    sasl: { mechanism: 'plain', username, password: { reveal: () => password }, oauth: {} },
  };
  const { events, decisions, deadLetters } = settings.topics;
  await makeTopics(brokers, { [events]: 1, [decisions]: 1, [deadLetters]: 1 });
  return {
    settings,
    check: () => checkRights(needsOf(settings.topics), settings.groupId, { settings, log: () => undefined, clock }),
    grant: (resource, resourceName, operation) =>
      withAdmin(brokers, async (admin) => {
        await admin.createAcls({
          acl: [
            {
              resourceType: resourceTypes[resource],
              resourceName,
              resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
              principal: `User:${username}`,
              host: '*',
              operation: operationTypes[operation],
              permissionType: kafkajs.AclPermissionTypes.ALLOW,
            },
          ],
        });
      }),
  };
}

/** The rights that it says are missing; none where all is well. */
function missingIn(result: Result<void>): readonly string[] {
  if (result.ok) return [];
  expect(result.failure.code).toBe('BROKER_AUTHORIZATION');
  return result.failure.message.replace(/^.* lacks |\.$/g, '').split(', ');
}

describe('rights', () => {
  it('that are missing are named, each by what it is on; and none once they are granted', async (context) => {
    const { settings, grant, check } = await scene(context);
    const { events, decisions, deadLetters } = settings.topics;
    const { groupId } = settings;
    const [readEvents, writeDecisions] = [`Read on topic ${events}`, `Write on topic ${decisions}`];
    const [writeDeadLetters, readGroup] = [`Write on topic ${deadLetters}`, `Read on group ${groupId}`];
    expect(missingIn(await check())).toEqual([readEvents, writeDecisions, writeDeadLetters, readGroup]);

    await grant('topic', events, 'Read');
    // Seen, and not enough.
    await grant('topic', decisions, 'Read');
    await grant('group', groupId, 'Describe');
    // A broker knows of what was granted a moment after the controller does, and another one another moment after.
    const stillMissing = [writeDecisions, writeDeadLetters, readGroup];
    await until(async () => isDeepStrictEqual(missingIn(await check()), stillMissing), 'the first right is known');

    await grant('topic', decisions, 'Write');
    await grant('topic', deadLetters, 'Write');
    await grant('group', groupId, 'Read');
    await until(async () => (await check()).ok, 'nothing is missing any more');
  });

  it('are all there for a user who may do everything', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events, decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [events]: 1, [decisions]: 1, [deadLetters]: 1 });
    const options = { settings, log: () => undefined, clock };
    expect(await checkRights(needsOf(settings.topics), settings.groupId, options)).toEqual({
      ok: true,
      value: undefined,
    });
  });

  it('on topics that are not there are no concern of theirs', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const options = { settings, log: () => undefined, clock };
    expect(await checkRights(needsOf(settings.topics), settings.groupId, options)).toEqual({
      ok: true,
      value: undefined,
    });
  });
});
