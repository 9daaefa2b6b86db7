import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { run } from '../../servers/process.ts';
import { giveUp } from '../../servers/unavailable.ts';
import { configOf, deploy, readDeployed, stopMsMax } from './files.ts';

const unit = readDeployed('systemd/winnow.service');
const valuesOf = (key: string): string[] =>
  [...unit.matchAll(/^(\w+)=(.*)$/gm)].filter(([, name]) => name === key).map(([, , value]) => value!);

/** systemd's measure of what a service may do to its machine, 0 to 100: above 50 it calls one exposed. */
const exposureMax = 20;

describe('the unit of systemd', () => {
  it('gives Winnow settings that are some', () => {
    const variables = valuesOf('Environment').map((value) => value.split('=') as [string, string]);
    const environment = Object.fromEntries(variables.filter(([name]) => name.startsWith('WINNOW_')));
    const config = configOf(environment, 'kafka: { brokers: ["localhost:9092"] }');
    expect(config.state.snapshotFile).toBe(`/var/lib/${valuesOf('StateDirectory')[0]}/history.snapshot`);
    expect(environment['WINNOW_STATE_KEY_SECRET_FILE']).toBe(`%d/${valuesOf('LoadCredential')[0]!.split(':')[0]}`);
    expect(Number(valuesOf('TimeoutStopSec')[0]) * 1_000).toBeGreaterThan(stopMsMax(config));
    expect(Number.parseInt(valuesOf('MemoryMax')[0]!, 10) * 2 ** 30).toBeGreaterThan(
      config.state.memoryBytesMax + config.model.proof.memoryBytesMax,
    );
  });

  it('does not start again what does not mend itself', () => {
    const { usage, config } = exitCodes;
    expect(valuesOf('RestartPreventExitStatus')).toEqual([`${usage.code} ${config.code}`]);
  });

  it('lets the proof of a bundle lower its priority and bound its memory', () => {
    expect(valuesOf('SystemCallFilter')).toEqual(['@system-service', '~@privileged']);
  });

  it('leaves little to whoever takes it over, as systemd sees it', async (context) => {
    const args = ['security', '--offline=true', '--no-pager', `--threshold=${exposureMax}`];
    const file = join(deploy, 'systemd/winnow.service');
    const judged = await run('systemd-analyze', [...args, file], { timeoutMs: 60_000 });
    if (judged.code === null) giveUp(context, 'systemd-analyze is missing: Debian has it in the package systemd');
    expect(judged).toMatchObject({ code: 0, stderr: '' });
  });
});
