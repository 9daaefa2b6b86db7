import { expect, it, onTestFinished } from 'vitest';
import { requireKafkaCluster, type KafkaCluster } from '../../servers/kafka-cluster.ts';
import type { WireDecision } from '../../../src/wire/decision-schema.ts';
import { until } from '../kafka/support.ts';
import { expectOneFateEach, outcomeOf, type Outcome } from './support/fates.ts';
import { Scene } from './support/scene.ts';
import { simulatedEvents } from './support/stream.ts';

/**
 * Three brokers lose the coordinator of the group as in a power cut; in the long form each of the three in turn, and with it whatever
 * it was: also the leader of what is read or of what is written, and the controller. kafkajs went on asking a coordinator that was dead; for up to 81 s nothing was committed and nothing was told, and then 54,000 events were decided again
 * against a history that held their future.
 */

/** How often each of the three is killed; 0 kills only the one whose loss did harm, the coordinator, and once. */
const rounds = Number(process.env['WINNOW_TEST_BROKER_ROUNDS'] ?? 0);
const perSecond = 400;
/** More than all that is decided meanwhile. */
const eventsMax = 30_000 * (rounds + 1);
/**
 * Failing commits must end. A dead coordinator is given up after three failures; another that is not ready yet, or waits for replicas,
 * says so a few times more, on a slow machine for some seconds. One commit begins every 200 ms at most: this is 8 s of nothing else.
 * Whoever goes on asking the dead one fails for as long as the group's session lasts, and longer.
 */
const failuresPerKillMax = 40;
const onePartition = { events: 1, decisions: 3, deadLetters: 1 };
const msMax = 600_000 * (rounds + 1);

it('each broker that dies costs seconds, is told, and changes no decision', { timeout: msMax }, async (context) => {
  const cluster = await requireKafkaCluster(context);
  onTestFinished(() => cluster.stop());
  const { brokers } = cluster;
  const scene = await Scene.create(context, { brokers, partitions: onePartition });
  const processor = await scene.run().ready();
  const load = scene.load(simulatedEvents(61, eventsMax), perSecond);
  await processor.decideSome();

  const coordinator = await cluster.coordinatorOf(scene.names.groupId);
  const killed = rounds === 0 ? [coordinator] : Array.from({ length: rounds }, () => cluster.nodes).flat();
  for (const node of killed) {
    const isCoordinator = (await cluster.coordinatorOf(scene.names.groupId)).id === node.id;
    process.stdout.write(`broker-roles.test.ts: broker ${node.id} is ${await rolesOf(node.id, cluster, scene)}\n`);
    const before = await processor.metrics();
    const committed = await committedIn(scene);
    await node.kill();
    if (isCoordinator)
      await processor.until(
        async () => (await processor.metrics()).sum('winnow_holds_total') > before.sum('winnow_holds_total'),
        'the loss is told',
      );
    await until(async () => (await committedIn(scene)) > committed + perSecond, 'commits go on without it');
    const failures = (await processor.metrics()).sum('winnow_commit_failures_total');
    expect(failures - before.sum('winnow_commit_failures_total')).toBeLessThanOrEqual(failuresPerKillMax);
    await node.start();
  }
  await load.stop();
  await scene.drained(processor);
  expect(await processor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  const disturbed = await outcomeOf(scene);
  expectOneFateEach(disturbed);

  // The same events, in the same order, without any of this.
  const calm = await Scene.create(context, {
    brokers,
    partitions: onePartition,
    names: { events: scene.names.events },
  });
  await calm.drained(await calm.run().ready());
  const undisturbed = await outcomeOf(calm);
  const expected = actionsByEvent(undisturbed);
  const differing = disturbed.decisions.filter(
    ({ decision }) => expected.get(offsetOf(decision)) !== decision.data.action,
  );
  expect(differing.map(({ decision }) => decision.id)).toEqual([]);
  expect(standings(disturbed)).toEqual(standings(undisturbed));
});

/** What the group has committed of the one partition; -1 while its coordinator changes, and nobody can say. */
async function committedIn(scene: Scene): Promise<number> {
  const committed = await scene.committed().catch(() => undefined);
  return committed === undefined ? -1 : (committed.get(0) ?? 0);
}

async function rolesOf(id: number, cluster: KafkaCluster, { names }: Scene): Promise<string> {
  const roles = {
    'the coordinator': await cluster.coordinatorOf(names.groupId),
    'the leader of the events': await cluster.leaderOf(names.events, 0),
    'the leader of decisions': await cluster.leaderOf(names.decisions, 0),
  };
  const own = Object.entries(roles).flatMap(([role, node]) => (node.id === id ? [role] : []));
  return own.join(', ') || 'none of these';
}

const offsetOf = ({ data }: WireDecision): number => Number(data.trigger!.offset);

/** Of the one partition, by the offset of the event. */
function actionsByEvent({ decisions }: Outcome): Map<number, string> {
  return new Map(decisions.map(({ decision }) => [offsetOf(decision), decision.data.action]));
}

/** What stands for each account after its last event. */
function standings({ decisions }: Outcome): Map<string, string> {
  const inOrder = decisions.toSorted((a, b) => offsetOf(a.decision) - offsetOf(b.decision));
  return new Map(inOrder.map(({ decision }) => [decision.subject, decision.data.action]));
}
