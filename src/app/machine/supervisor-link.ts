import type { Answers, Health } from '../../adapters/http/listener.ts';
import type { MetricSamples } from '../../adapters/prometheus/exposition.ts';

/** What a supervisor asks its workers, and what each of them answers. */
export interface WorkerAnswers extends Pick<Required<Answers>, 'started' | 'live' | 'ready' | 'drain'> {
  /** Its metrics, to be merged with those of others. */
  samples(): Promise<readonly MetricSamples[]>;
}

/** Also `stop`: to end as on SIGTERM. */
export type Question = keyof WorkerAnswers | 'stop';
export type AnswerTo<Q extends Question> = Q extends keyof WorkerAnswers
  ? Awaited<ReturnType<WorkerAnswers[Q]>>
  : Health;

/** What goes through the channel. */
export interface Asked {
  readonly id: number;
  readonly question: Question;
}
export type Told = { readonly id: number; readonly answer: unknown } | { readonly hasStarted: true };

/** The channel of a process that was forked. */
export interface Channel {
  send?(message: Told, sent: () => void): unknown;
  on(event: 'message', listener: (message: Asked) => void): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

/** A worker's side of the channel to the supervisor that started it. */
export interface SupervisorLink {
  /** Which of the workers it is, from 1. */
  readonly worker: number;
  /** Resolves when the supervisor wants it to end, or has ended itself: no worker goes on without. */
  readonly stopped: Promise<void>;
  /** Answers what is asked from now on; until then, it says that it opens. Is told at once to drain where it was asked to meanwhile. */
  answer(answers: WorkerAnswers): void;
  /** It works. */
  started(): void;
}

const well: Health = { ok: true, reasons: [] };
const opens: Health = { ok: false, reasons: ['It opens.'] };
const opening: Omit<WorkerAnswers, 'drain'> = {
  started: () => opens,
  live: () => well,
  ready: () => opens,
  samples: () => Promise.resolve([]),
};
const joinsNothing: Health = { ok: true, reasons: ['It was opening, and does not join the group.'] };

export function linkToSupervisor(worker: number, channel: Channel = process): SupervisorLink {
  const stopped = Promise.withResolvers<void>();
  let isToDrain = false;
  const remember = (): Promise<Health> => {
    isToDrain = true;
    return Promise.resolve(joinsNothing);
  };
  let current: WorkerAnswers = { ...opening, drain: remember };
  const answerOf = (question: Question): unknown => {
    if (question !== 'stop') return current[question]();
    stopped.resolve();
    return well;
  };
  // Where it cannot be told, the supervisor has ended, which `disconnect` says.
  const tell = (message: Told): void => void channel.send?.(message, () => undefined);
  channel.on('message', ({ id, question }) => {
    void Promise.try(() => answerOf(question)).then(
      (answer) => tell({ id, answer }),
      // As where nobody answers; what went wrong has been told by whoever failed.
      () => undefined,
    );
  });
  channel.once('disconnect', () => stopped.resolve());
  return {
    worker,
    stopped: stopped.promise,
    answer: (answers) => {
      current = answers;
      // Before it works: else it would join a group that all have left.
      if (isToDrain) answers.drain().catch(() => undefined);
    },
    started: () => tell({ hasStarted: true }),
  };
}
