import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Message } from 'kafkajs';
import type { Skip } from '../../servers/unavailable.ts';
import { campaign } from '../processor/support/campaign.ts';
import { temporaryDirectory } from '../processor/support/files.ts';
import { malformed } from '../processor/support/malformed.ts';
import { Scene } from '../processor/support/scene.ts';
import { simulated } from '../processor/support/stream.ts';

/** A process under load, until it is stopped. */
export interface Load {
  /** Where its `/metrics` is, on the loopback address. */
  readonly port: number;
  stop(): Promise<void>;
}

const perSecond = 400;
const accounts = 10_000;

/** Drift is judged after so many events: of the load's, every few seconds. */
const oftenJudged = { WINNOW_NORMS_DRIFT_WINDOW_EVENTS: '1000' };

/** Attacks on which rules fire, then everybody else, and now and then something that is no event. */
function* stream(): Generator<Message, void, undefined> {
  const nowMs = Date.now();
  yield* campaign(nowMs, 40);
  const invalid = malformed(nowMs).map(({ message }) => message);
  let count = 0;
  for (const event of simulated(26, accounts)) {
    yield event;
    count += 1;
    if (count % 20 === 0) yield invalid[(count / 20) % invalid.length]!;
  }
}

/** A list that finds half of all addresses and changes nothing. */
async function watchList(scene: Scene): Promise<Record<string, string>> {
  const variables = { WINNOW_LISTS_FILE: join(await temporaryDirectory(), 'lists.ndjson') };
  const entry = ['--list', 'half', '--kind', 'watch', '--type', 'cidr', '--value', '0.0.0.0/1'];
  const command = scene.command(['list', 'add', ...entry, '--reason', 'a test', '--author', 'tests'], variables);
  assert.equal((await command.ended).code, 0, command.stderr);
  return variables;
}

/** `winnow run` on a real Kafka, with events that keep coming. */
export async function processorLoad(context: Skip): Promise<Load> {
  const actions: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const action of actions.splice(0).toReversed()) await action();
  };
  try {
    const scene = await Scene.create(context, { cleanUp: (action) => void actions.push(action) });
    const lists = await watchList(scene);
    scene.load(stream(), perSecond);
    const processor = await scene.run({ WINNOW_DECISIONS_EMIT: '', ...oftenJudged, ...lists }).ready();
    await processor.decideSome(1);
    return { port: processor.port!, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
