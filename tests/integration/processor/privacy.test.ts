import type { Message } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { Skip } from '../../servers/unavailable.ts';
import { deadLetterHeaders } from '../../../src/wire/dead-letter.ts';
import { campaign, morePersonal } from './support/campaign.ts';
import { expectOneFateEach, outcomeOf, type Outcome } from './support/fates.ts';
import { malformed, personal } from './support/malformed.ts';
import { Scene } from './support/scene.ts';

const nowMs = Date.now();
const accounts = 40;

interface Run extends Outcome {
  readonly log: string;
  readonly metrics: string;
}
let running: Promise<Run> | undefined;

function handled(context: Skip): Promise<Run> {
  return (running ??= handle(context));
}

/** Everything that the processor can say, at its most talkative. */
async function handle(context: Skip): Promise<Run> {
  const scene = await Scene.create(context);
  const invalid = malformed(nowMs).map(({ message }): Message => ({ ...message, headers: { ...message.headers } }));
  await scene.write([...campaign(nowMs, accounts), ...invalid]);
  const processor = await scene.run({ WINNOW_LOG_LEVEL: 'trace' }).ready();
  await scene.drained(processor);
  const metrics = await processor.metricsText();
  await processor.end('SIGTERM');
  return { ...(await outcomeOf(scene)), log: processor.stdout + processor.stderr, metrics };
}

/** The marks, and the parts of them that would tell as much. */
const marks = [
  ...Object.values(personal),
  ...Object.values(morePersonal),
  'zq.marker',
  'private-mail.example',
  '77019998877',
];

const marksIn = (text: string): string[] => marks.filter((mark) => text.toLowerCase().includes(mark.toLowerCase()));

const headersOf = (headers: Readonly<Record<string, Buffer>>): string =>
  Object.entries(headers)
    .map(([name, content]) => `${name}: ${String(content)}`)
    .join('\n');

describe('personal data of events', () => {
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
    expect(marksIn(texts.join('\n'))).toEqual([]);
  });

  it('is in no log line, at any level', async (context) => {
    const { log } = await handled(context);
    expect(log).toContain('"level":"debug"');
    expect(marksIn(log)).toEqual([]);
  });

  it('is in no metric', async (context) => {
    const { metrics } = await handled(context);
    expect(metrics).toContain('winnow_events_total');
    expect(marksIn(metrics)).toEqual([]);
  });

  it('is in no header that a dead letter is given', async (context) => {
    const { deadLetters } = await handled(context);
    expect(deadLetters.length).toBeGreaterThan(0);
    const added = deadLetters.flatMap(({ headers }) => deadLetterHeaders.map((name) => String(headers[name])));
    expect(marksIn(added.join('\n'))).toEqual([]);
  });
});
