import type { Logger } from '../../adapters/log/logger.ts';
import type { TopicsOptions } from '../../adapters/kafka/topics.ts';
import type { Config } from '../../config/schema.ts';
import { nothingOrdered, type Control } from '../../domain/control.ts';
import { describeFailure, type Failure } from '../../domain/failure.ts';
import type { Change, ChangeFollower } from '../../ports.ts';
import type { Deployment } from '../../wire/bundle-schema.ts';
import { controlOf, decodeControl, deploymentKey, type ControlRecord } from '../../wire/control-schema.ts';
import { changeLogOf } from './change-logs.ts';

/** Orders that are held at a time, beside the kill switch and the deployment, which always have room: more is a mistake of whoever writes them. */
const ordersMax = 1_000;

/** What people have ordered, as records come. A record that is refused leaves what held under its key. */
export class ControlBoard implements ChangeFollower {
  /** Replaced as a whole; asked once a batch. */
  current: Control = nothingOrdered;
  readonly #orders = new Map<string, ControlRecord>();
  readonly #log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly #onDeployment: (deployment: Deployment | null) => void;
  #isAway = false;

  /** @param onDeployment told which deployment is ordered, null when that was taken back. */
  constructor(
    log: Pick<Logger, 'info' | 'warn' | 'error'>,
    onDeployment: (deployment: Deployment | null) => void = () => undefined,
  ) {
    this.#log = log;
    this.#onDeployment = onDeployment;
  }

  take({ key, value, offset }: Change): void {
    if (value === null) {
      if (this.#orders.delete(key)) this.#log.info('An order was taken back.', { order: key });
      if (key === deploymentKey) this.#onDeployment(null);
    } else {
      const decoded = decodeControl(key, value);
      if (decoded === undefined) return;
      if (!decoded.ok) return this.refused(decoded.failure, offset);
      if (this.#orders.size >= ordersMax && !this.#orders.has(key) && decoded.value.kind === 'override')
        return this.refused({ code: 'CONTROL_INVALID', message: `More than ${ordersMax} orders.`, path: key }, offset);
      this.#orders.set(key, decoded.value);
      this.#tell(key, decoded.value);
      if (decoded.value.kind === 'deployment') this.#onDeployment(decoded.value.order);
    }
    this.current = controlOf(this.#orders.values());
  }

  /** Who gave it and why stays in the topic: both may be personal data. */
  #tell(key: string, { kind, order }: ControlRecord): void {
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
    if (!this.#isAway)
      this.#log.error('Orders cannot be read; those that are known hold on.', { failure: describeFailure(failure) });
    this.#isAway = true;
  }

  back(): void {
    this.#isAway = false;
    this.#log.info('Orders can be read again.');
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
  notes(): readonly string[];
  close(): Promise<void>;
}

export function controlInForce(
  config: Pick<Config, 'kafka' | 'control'>,
  kafka: TopicsOptions,
  logger: Pick<Logger, 'info' | 'warn' | 'error'>,
  onDeployment: (deployment: Deployment | null) => void,
): ControlInForce {
  const log = changeLogOf({ topic: config.kafka.topics.control, ...config.control }, kafka);
  const board = new ControlBoard(logger, onDeployment);
  return {
    open: async () => log?.open(board),
    lease: () => board.current,
    notes: () => board.notes(),
    close: async () => log?.close(),
  };
}
