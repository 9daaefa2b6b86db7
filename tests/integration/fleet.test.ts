import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { brokersVariable } from '../servers/kafka.ts';
import { requirePrometheus } from '../servers/prometheus.ts';
import { requireKafka } from '../servers/shared-kafka.ts';
import { requireValkey } from '../servers/valkey.ts';

/** What a newcomer starts: that all of it comes up, decides, is scraped, and ends with one Ctrl-C. */

const script = fileURLToPath(new URL('../../tools/fleet.ts', import.meta.url));

it('npm run fleet starts all of it, decides what the platform writes, and ends by one interrupt', async (context) => {
  const { brokers } = requireKafka(context);
  await requirePrometheus(context);
  await (await requireValkey(context)).stop();
  const fleet = spawn(process.execPath, [script, '--rate', '50'], {
    env: { ...process.env, [brokersVariable]: brokers.join(',') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(fleet, 'exit');
  let said = '';
  fleet.stdout.setEncoding('utf8').on('data', (part: string) => (said += part));
  const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isTrue())) {
      if (fleet.exitCode !== null) throw new Error(`The fleet has ended: ${said}`);
      await sleep(200);
    }
  };
  try {
    await until(() => said.includes('Ctrl-C ends it.'));
    const ready = /http\S+\/readyz/.exec(said)![0];
    const alerts = /alerts\s+(http\S+)/.exec(said)![1]!;
    const prometheus = /Prometheus\s+(http\S+)/.exec(said)![1]!;
    for (const page of [ready, alerts]) expect((await fetch(page)).status).toBe(200);
    const query = new URLSearchParams({
      query: 'sum(winnow_decisions_total) > 100 and on () sum(winnow_workers_running) == 2',
    });
    await until(async () => {
      const answer = (await (await fetch(`${prometheus}/api/v1/query?${query.toString()}`)).json()) as {
        data: { result: unknown[] };
      };
      return answer.data.result.length > 0;
    });
    fleet.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    await expect(fetch(ready)).rejects.toThrow('fetch failed');
    await expect(fetch(prometheus)).rejects.toThrow('fetch failed');
  } finally {
    fleet.kill('SIGTERM');
    await exited;
  }
});
