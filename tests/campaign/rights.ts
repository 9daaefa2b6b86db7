import assert from 'node:assert/strict';
import kafkajs, { type AclEntry } from 'kafkajs';
import type { Scene } from '../integration/processor/support/scene.ts';
import { limitedUser } from '../servers/kafka/broker-settings.ts';

/** One thing that members may do, on one topic or group. */
export type Right = AclEntry;

function right(
  resourceType: kafkajs.AclResourceTypes,
  resourceName: string,
  operation: kafkajs.AclOperationTypes,
): Right {
  return {
    resourceType,
    resourceName,
    resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
    principal: `User:${limitedUser.username}`,
    host: '*',
    operation,
    permissionType: kafkajs.AclPermissionTypes.ALLOW,
  };
}

/** What a member needs. */
export function rightsOf({ names }: Scene): readonly Right[] {
  const { TOPIC, GROUP } = kafkajs.AclResourceTypes;
  const { READ, WRITE } = kafkajs.AclOperationTypes;
  return [
    right(TOPIC, names.events, READ),
    right(TOPIC, names.decisions, WRITE),
    right(TOPIC, names.deadLetters, WRITE),
    right(GROUP, names.groupId, READ),
  ];
}

export async function grantAll(scene: Scene): Promise<void> {
  await scene.admin.createAcls({ acl: [...rightsOf(scene)] });
}

export async function grant({ admin }: Scene, given: Right): Promise<void> {
  await admin.createAcls({ acl: [given] });
}

export async function revoke({ admin }: Scene, taken: Right): Promise<void> {
  const { filterResponses } = await admin.deleteAcls({ filters: [taken] });
  assert(
    filterResponses.some(({ matchingAcls }) => matchingAcls.length > 0),
    'a right that is taken away was there',
  );
}
