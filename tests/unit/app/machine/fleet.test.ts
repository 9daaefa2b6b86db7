import { describe, expect, it } from 'vitest';
import type { Health } from '../../../../src/adapters/http/listener.ts';
import { MergedMetrics } from '../../../../src/adapters/prometheus/merging.ts';
import { fleetAnswers } from '../../../../src/app/machine/fleet.ts';
import type { WorkerProcess } from '../../../../src/app/machine/worker-process.ts';

type Answering = Pick<WorkerProcess, 'ask'>;

const well: Health = { ok: true, reasons: [] };
const saying = (answer: unknown): Answering => ({ ask: () => Promise.resolve(answer as never) });

const nothing = (): Promise<[]> => Promise.resolve([]);

function fleet(workers: number, ...running: readonly Answering[]) {
  const byNumber = new Map(running.map((process, index) => [index + 1, process]));
  const metrics = new MergedMetrics();
  const left: string[] = [];
  return {
    left,
    answers: fleetAnswers({
      workers,
      running: () => byNumber,
      leave: () => void left.push('leave'),
      metrics,
      own: nothing,
      drainMsMax: 1_000,
    }),
    metrics,
    byNumber,
  };
}

const counted = (value: number): object[] => [
  { name: 'winnow_silent_total', help: 'Silent.', type: 'counter', values: [{ value, labels: {} }] },
];

describe('several workers, asked as one', () => {
  it('are ready, started and drained when all are', async () => {
    const { answers } = fleet(2, saying(well), saying(well));
    expect([await answers.ready(), await answers.started(), await answers.drain()]).toEqual([well, well, well]);
  });

  it('are not ready when one is not, which is named', async () => {
    const { answers } = fleet(2, saying(well), saying({ ok: false, reasons: ['The processor is holding.'] }));
    expect(await answers.ready()).toEqual({ ok: false, reasons: ['Worker 2: The processor is holding.'] });
  });

  it('are not ready and yet alive while one is being started again', async () => {
    const { answers } = fleet(2, saying(well));
    expect(await answers.ready()).toEqual({ ok: false, reasons: ['1 of 2 workers do not run now.'] });
    expect(await answers.live()).toEqual(well);
  });

  it('are not alive when one does not answer', async () => {
    const { answers } = fleet(2, saying(well), saying(undefined));
    expect(await answers.live()).toEqual({ ok: false, reasons: ['Worker 2: It does not answer.'] });
  });

  it('tell what is not as it was meant to be of one that is ready', async () => {
    const { answers } = fleet(1, saying({ ok: true, reasons: ['Lists are old.'] }));
    expect(await answers.ready()).toEqual({ ok: true, reasons: ['Worker 1: Lists are old.'] });
  });

  it('drain though one dies meanwhile, which is said, and from the first on nobody is started again', async () => {
    const dying: Answering = {
      ask: () => {
        byNumber.delete(2);
        return Promise.resolve(undefined);
      },
    };
    const { answers, byNumber, left } = fleet(2, saying(well), dying);
    expect(await answers.drain()).toEqual({
      ok: false,
      reasons: [expect.stringMatching(/^Worker 2: It ended before it had finished, and is out of the group/)],
    });
    expect(left).toEqual(['leave']);
    // Asked once more, all that there are have left.
    expect(await answers.drain()).toEqual(well);
  });

  it('are not drained when one does not answer and runs', async () => {
    const { answers } = fleet(2, saying(well), saying(undefined));
    expect(await answers.drain()).toEqual({ ok: false, reasons: ['Worker 2: It does not answer.'] });
  });

  it('have metrics of all; of one that is silent, what it said last', async () => {
    const { answers, byNumber } = fleet(2, saying(counted(3)), saying(counted(4)));
    expect((await answers.metrics()).text).toContain('winnow_silent_total 7\n');
    byNumber.set(1, saying(counted(5)));
    byNumber.set(2, saying(undefined));
    expect((await answers.metrics()).text).toContain('winnow_silent_total 9\n');
  });
});
