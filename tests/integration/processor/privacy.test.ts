import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Skip } from '../../servers/unavailable.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { deadLetterHeaders } from '../../../src/wire/dead-letter.ts';
import { valkeyOffer } from '../valkey/offer.ts';
import { bytesIn, portOf, uniquePrefix, valuesUnder } from '../valkey/support.ts';
import { campaign } from './support/campaign.ts';
import { expectOneFateEach, outcomeOf, type Outcome } from './support/fates.ts';
import { temporaryDirectory } from './support/files.ts';
import { malformed } from './support/malformed.ts';
import { eachTrace, tracesIn } from './support/marks.ts';
import { Scene } from './support/scene.ts';
import { sharedHistory } from './support/valkey.ts';

const nowMs = Date.now();
const accounts = 40;

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

interface Run extends Outcome {
  readonly log: string;
  readonly metrics: string;
  /** Every byte of the history that outlives the process. */
  readonly history: Buffer;
}

/** Where history is kept: how the processor is told, and how all of it is read once the processor has ended. */
interface Place {
  readonly variables: Readonly<Record<string, string>>;
  readonly bytes: () => Promise<Buffer>;
}

async function inFiles(): Promise<Place> {
  const folder = await temporaryDirectory();
  return {
    variables: { WINNOW_STATE_SNAPSHOT_FILE: join(folder, 'history') },
    bytes: async () =>
      Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))),
  };
}

function inValkey(context: Skip): Promise<Place> {
  const { nodes, keyPrefix, variables } = sharedHistory(offer.require(context).nodes);
  const bytes = async (): Promise<Buffer> => {
    expect((await valuesUnder(nodes, keyPrefix)).size).toBeGreaterThan(accounts);
    return bytesIn(nodes);
  };
  return Promise.resolve({ variables, bytes });
}

/** Everything that the processor can say, at its most talkative, and all that it keeps. */
async function handle(context: Skip, { variables, bytes }: Place): Promise<Run> {
  const scene = await Scene.create(context);
  const invalid = malformed(nowMs).map(({ message }): Message => ({ ...message, headers: { ...message.headers } }));
  await scene.write([...campaign(nowMs, accounts), ...invalid]);
  const processor = await scene.run({ WINNOW_LOG_LEVEL: 'trace', ...variables }).ready();
  await scene.drained(processor);
  const metrics = await processor.metricsText();
  await processor.end('SIGTERM');
  const log = processor.stdout + processor.stderr;
  return { ...(await outcomeOf(scene)), log, metrics, history: await bytes() };
}

const headersOf = (headers: Readonly<Record<string, Buffer>>): string =>
  Object.entries(headers)
    .map(([name, content]) => `${name}: ${String(content)}`)
    .join('\n');

describe.each([
  ['in the process, and in its snapshot', inFiles],
  ['in Valkey', inValkey],
] as const)('personal data of events, with the history %s,', (_, place) => {
  let running: Promise<Run> | undefined;
  const handled = (context: Skip): Promise<Run> =>
    (running ??= place(context).then((chosen) => handle(context, chosen)));

  it('is decided about, with rules that fire and reasons', async (context) => {
    const run = await handled(context);
    expectOneFateEach(run);
    const explained = run.decisions.filter(({ decision }) => decision.data.reasons.length > 0);
    expect(explained.length).toBeGreaterThanOrEqual(accounts / 2);
    const actions = new Set(explained.map(({ decision }) => decision.data.action));
    expect(actions).toContain('block');
    expect(explained.flatMap(({ decision }) => decision.data.rules)).not.toEqual([]);
  });

  it('is in no decision', async (context) => {
    const { decisions } = await handled(context);
    const texts = decisions.map(({ key, value, headers }) => `${String(key)}\n${String(value)}\n${headersOf(headers)}`);
    expect(tracesIn(texts.join('\n'))).toEqual([]);
  });

  it('is in no log line, at any level', async (context) => {
    const { log } = await handled(context);
    expect(log).toContain('"level":"debug"');
    expect(tracesIn(log)).toEqual([]);
  });

  it('is in no metric', async (context) => {
    const { metrics } = await handled(context);
    expect(metrics).toContain('winnow_events_total');
    expect(tracesIn(metrics)).toEqual([]);
  });

  it('is in no header that a dead letter is given', async (context) => {
    const { deadLetters } = await handled(context);
    expect(deadLetters.length).toBeGreaterThan(0);
    const added = deadLetters.flatMap(({ headers }) => deadLetterHeaders.map((name) => String(headers[name])));
    expect(tracesIn(added.join('\n'))).toEqual([]);
  });

  it('is in no byte of the history', async (context) => {
    const { history } = await handled(context);
    // An account's last events and standing alone are more than that.
    expect(history.length).toBeGreaterThan(accounts * 100);
    expect(tracesIn(history)).toEqual([]);
  });
});

describe('the search for it', () => {
  it('finds each form of each mark, within a history too', () => {
    const hashes = Buffer.from(Array.from({ length: 10_000 }, (_, index) => (index * 151) % 256));
    expect(tracesIn(hashes)).toEqual([]);
    for (const { name, bytes } of eachTrace()) expect(tracesIn(Buffer.concat([hashes, bytes, hashes]))).toContain(name);
  });

  it.for(['key', 'value', 'field', 'value of a field'])('sees all of Valkey: a %s', async (part, context) => {
    const { nodes } = offer.require(context);
    const client = await connectTo(portOf(nodes[0]!));
    const { name, bytes } = eachTrace()[0]!;
    const key = part === 'key' ? bytes : uniquePrefix();
    if (part === 'key' || part === 'value') await client.set(key, bytes);
    else await client.hSet(key, part === 'field' ? bytes : 'field', part === 'field' ? 'value' : bytes);
    const traces = tracesIn(await bytesIn(nodes));
    await client.del(key);
    client.destroy();
    expect(traces).toContain(name);
  });
});
