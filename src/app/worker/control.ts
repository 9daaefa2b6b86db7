import type { Logger } from '../../adapters/log/logger.ts';
import { holdsNothing } from '../../adapters/kafka/hold.ts';
import { TopicOutput } from '../../adapters/kafka/topic-output.ts';
import type { TopicsOptions } from '../../adapters/kafka/topics.ts';
import type { Config } from '../../config/schema.ts';
import { nothingOrdered, type Control, type Withdrawal } from '../../domain/control.ts';
import { describeFailure, FailureError, type Failure } from '../../domain/failure.ts';
import type { Change, ChangeFollower } from '../../ports.ts';
import type { Telemetry } from '../../telemetry.ts';
import type { Deployment } from '../../wire/bundle-schema.ts';
import {
  controlOf,
  decodeControl,
  deploymentKey,
  encodeControl,
  withdrawalKey,
  type ControlRecord,
} from '../../wire/control-schema.ts';
import { changeLogOf } from './change-logs.ts';

/** Orders that are held at a time, beside the kill switch and the deployment, which always have room: more is a mistake of whoever writes them. */
const ordersMax = 1_000;

/** Who is told what the topic says of models. */
export interface ModelOrders {
  /** @param deployment null: the order was taken back. */
  order(deployment: Deployment | null): void;
  /** A member withdrew a canary: this one, perhaps. */
  withdraw(withdrawal: Withdrawal): void;
  /** Canaries that are withdrawn here, as far as they are remembered. */
  withdrawals(): readonly Withdrawal[];
}

type OrdersTelemetry = Pick<Telemetry, 'ordersAway' | 'ordersBack'>;

/** What people have ordered, as records come. A record that is refused leaves what held under its key. */
export class ControlBoard implements ChangeFollower {
  /** Replaced as a whole; asked once a batch. */
  current: Control = nothingOrdered;
  readonly #orders = new Map<string, ControlRecord>();
  /** Keys of canaries that the log says are withdrawn, `ordersMax` at most: of more, the first ones are forgotten. */
  readonly #withdrawn = new Set<string>();
  readonly #log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly #models: ModelOrders;
  readonly #telemetry: OrdersTelemetry;
  #isAway = false;

  constructor(log: Pick<Logger, 'info' | 'warn' | 'error'>, models: ModelOrders, telemetry: OrdersTelemetry) {
    this.#log = log;
    this.#models = models;
    this.#telemetry = telemetry;
  }

  take({ key, value, offset }: Change): void {
    if (value === null) {
      if (this.#orders.delete(key)) this.#log.info('An order was taken back.', { order: key });
      if (key === deploymentKey) this.#models.order(null);
    } else {
      const decoded = decodeControl(key, value);
      if (decoded === undefined) return;
      if (!decoded.ok) return this.refused(decoded.failure, offset);
      if (decoded.value.kind === 'withdrawal') return this.#withdraw(key, decoded.value.order);
      if (this.#orders.size >= ordersMax && !this.#orders.has(key) && decoded.value.kind === 'override')
        return this.refused({ code: 'CONTROL_INVALID', message: `More than ${ordersMax} orders.`, path: key }, offset);
      this.#orders.set(key, decoded.value);
      this.#tell(key, decoded.value);
      if (decoded.value.kind === 'deployment') this.#models.order(decoded.value.order);
    }
    this.current = controlOf(this.#orders.values());
  }

  /** Of canaries that are withdrawn, those of which the log does not say so. Asked once all of it was read. */
  untold(withdrawals: readonly Withdrawal[]): readonly Withdrawal[] {
    return withdrawals.filter((withdrawal) => !this.#withdrawn.has(withdrawalKey(withdrawal)));
  }

  #withdraw(key: string, withdrawal: Withdrawal): void {
    this.#withdrawn.add(key);
    if (this.#withdrawn.size > ordersMax) this.#withdrawn.delete(this.#withdrawn.keys().next().value!);
    this.#models.withdraw(withdrawal);
  }

  /** Who gave it and why stays in the topic: both may be personal data. */
  #tell(key: string, { kind, order }: Exclude<ControlRecord, { kind: 'withdrawal' }>): void {
    if (kind === 'deployment') {
      const { name, version } = order.champion;
      this.#log.info('A person has ordered which models serve.', { order: key, champion: `${name} ${version}` });
    } else {
      const until = new Date(order.untilMs).toISOString();
      this.#log.info('An order of a person is in force.', { order: key, until });
    }
  }

  refused(failure: Failure, offset: number): void {
    this.#log.error('A record of the control topic is refused; what held under its key still holds.', {
      failure: describeFailure(failure),
      offset,
    });
  }

  paused(): void {}

  away(failure: Failure): void {
    if (!this.#isAway) this.#telemetry.ordersAway(failure);
    this.#isAway = true;
  }

  back(): void {
    this.#isAway = false;
    this.#telemetry.ordersBack();
  }

  /** Sentences about orders that may be out of date. */
  notes(): readonly string[] {
    return this.#isAway
      ? ['The orders of people (kill switch, overrides, deployment) are those of before: they cannot be read.']
      : [];
  }
}

/** What people have ordered, and where it comes from. */
export interface ControlInForce {
  /** Resolves when all is known that was ordered. Throws `FailureError`. */
  open(): Promise<void>;
  lease(): Control;
  /** Says to all members that a canary is withdrawn: once the topic takes it. Nobody waits for that. */
  tellWithdrawn(withdrawal: Withdrawal): void;
  notes(): readonly string[];
  close(): Promise<void>;
}

export function controlInForce(
  config: Pick<Config, 'kafka' | 'control'>,
  kafka: TopicsOptions,
  logger: Pick<Logger, 'info' | 'warn' | 'error'>,
  telemetry: OrdersTelemetry,
  models: ModelOrders,
): ControlInForce {
  const { control: topic } = config.kafka.topics;
  const log = changeLogOf({ topic, ...config.control }, kafka);
  const board = new ControlBoard(logger, models, telemetry);
  const ending = new AbortController();
  const tell = async (withdrawal: Withdrawal): Promise<void> => {
    if (topic === undefined || ending.signal.aborted) return;
    const output = new TopicOutput({ ...kafka, holds: holdsNothing, progress: () => undefined, topic });
    ending.signal.addEventListener('abort', () => void output.close(), { once: true });
    try {
      const { key, value } = encodeControl({ kind: 'withdrawal', order: withdrawal });
      await output.send([{ key, value, headers: [{ name: 'content-type', value: 'application/json' }] }]);
    } catch (error) {
      const failure = error instanceof FailureError ? describeFailure(error.failure) : (error as Error).message;
      const { name, version } = withdrawal;
      logger.error(`The other members are not told that canary ${name} ${version} is withdrawn.`, { failure });
    } finally {
      await output.close();
    }
  };
  /** Whoever saw that may have ended before the topic took it. */
  const tellAgain = async (): Promise<void> => {
    for (const withdrawal of board.untold(models.withdrawals())) await tell(withdrawal);
  };
  return {
    open: async () => {
      await log?.open(board);
      void tellAgain();
    },
    lease: () => board.current,
    notes: () => board.notes(),
    tellWithdrawn: (withdrawal) => void tell(withdrawal),
    close: async () => {
      ending.abort();
      await log?.close();
    },
  };
}
