import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { LoadReport } from '../../load-tests/load/report.ts';
import type { ScenarioResult } from '../../load-tests/stage/result.ts';
import { brokersVariable } from '../servers/kafka.ts';
import { run } from '../servers/process.ts';
import { requireKafka } from '../servers/shared-kafka.ts';
import type { Skip } from '../servers/unavailable.ts';

/** The load tests with next to no load: that they work, and lose nothing. Their figures are not looked at. */

const script = fileURLToPath(new URL('../../load-tests/load/main.ts', import.meta.url));
const scenarioScript = fileURLToPath(new URL('../../load-tests/stage/main.ts', import.meta.url));
const runMsMax = 110_000;

async function load(context: Skip, ...args: string[]): Promise<LoadReport> {
  const { brokers } = requireKafka(context);
  const directory = await mkdtemp(join(tmpdir(), 'winnow-load-test-'));
  const out = join(directory, 'result.json');
  try {
    const environment = `${brokersVariable}=${brokers.join(',')}`;
    const command = [environment, process.execPath, script, ...args, '--json', '--out', out];
    const { code, stdout, stderr } = await run('env', command, { timeoutMs: runMsMax });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Written to') as string });
    const text = await readFile(out, 'utf8');
    expect(stdout).toBe(text);
    return JSON.parse(text) as LoadReport;
  } finally {
    await rm(directory, { recursive: true });
  }
}

it('load arrives on schedule at the echo and at Winnow, and all of it comes out', async (context) => {
  const report = await load(context, '--rate', '200', '--seconds', '2', '--warm-up', '1', '--rounds', '2');
  const sent = 200 * (1 + 2 * (1 + 1));
  const all = { sent, received: sent, missing: 0 };
  expect(report).toMatchObject({ kind: 'latency', result: { echo: all, winnow: all } });
});

it('accepted appeals lift blocks, all of them', async (context) => {
  const report = await load(context, '--appeals', '40', '--rate', '50');
  expect(report).toMatchObject({ kind: 'appeals', result: { appeals: 40, lifted: 40, missing: 0 } });
});

it('a backlog is worked off by the echo and by Winnow, and none of it is left', async (context) => {
  const report = await load(context, '--backlog', '3000', '--rounds', '1');
  const all = { median: { outputs: 3_000, missing: 0 } };
  expect(report).toMatchObject({
    kind: 'backlog',
    result: { echo: all, winnow: { median: { missing: 0 } }, winnowAll: all },
  });
});

it('a scenario is played to its end, its limits hold, and the echo has read the same events', async (context) => {
  const { brokers } = requireKafka(context);
  const directory = await mkdtemp(join(tmpdir(), 'winnow-scenario-test-'));
  try {
    const environment = `${brokersVariable}=${brokers.join(',')}`;
    const args = ['hot-partition', '--brief', '--knee', '1000', '--json', '--out', directory];
    const { code, stdout, stderr } = await run('env', [environment, process.execPath, scenarioScript, ...args], {
      timeoutMs: runMsMax,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Written to') as string });
    const [result] = JSON.parse(stdout) as [ScenarioResult];
    const { winnow, echo } = result.outcome.fates;
    expect(winnow).toMatchObject({ lost: 0, repeated: 0 });
    expect(echo).toMatchObject({ sent: winnow.sent, lost: 0 });
    expect(winnow.sent).toBeGreaterThan(300);
    expect(result.outcome.figures).toMatchObject({
      hotP99Ms: expect.any(Number) as number,
      othersP99Ms: expect.any(Number) as number,
    });
  } finally {
    await rm(directory, { recursive: true });
  }
});
