import { hash } from 'node:crypto';
import type { Label, LabelSource } from '../../domain/event.ts';
import type { WireEvent } from '../../wire/event-schema.ts';
import type { ChosenAccount } from './selection.ts';

/** A command of a person about many accounts. */
export interface PersonCommand {
  /** `lift-20261128T081500000Z-1c9e04b7`: what it does, when it was given, and a hash of what it is about. */
  readonly id: string;
  /** When it was given, milliseconds since the epoch: the event time of all its labels. */
  readonly timeMs: number;
  readonly label: Label;
  readonly by: LabelSource;
  readonly author: string;
  readonly reason: string;
  /** When the question was put that it answers, milliseconds since the epoch; absent where that is not known. */
  readonly askedMs?: number;
}

const idPattern = /^([a-z]+)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-[0-9a-f]{8}$/;

/** The id of a command that is given now. The same command at another time is another one. */
export function commandId(verb: string, timeMs: number, about: object): string {
  const time = new Date(timeMs).toISOString().replaceAll(/[-:.]/g, '');
  return `${verb}-${time}-${hash('sha256', JSON.stringify(about), 'hex').slice(0, 8)}`;
}

/** When a command was given, by its id, in milliseconds since the epoch; undefined for what is no id of one. */
export function commandTime(id: string, verb: string): number | undefined {
  const [, itsVerb, ...parts] = idPattern.exec(id) ?? [];
  if (itsVerb !== verb) return undefined;
  const [year, month, day, hour, minute, second, ms] = parts.map(Number);
  const timeMs = Date.UTC(year!, month! - 1, day, hour, minute, second, ms);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/**
 * The label of one account, as the labels topic has it. Id and time are functions of the command and the account: whoever gives the command
 * again writes the same events, and they change nothing the second time.
 */
export function labelOf(command: PersonCommand, { accountId, decisionId }: ChosenAccount): string {
  const { id, timeMs, label, by, author, reason, askedMs } = command;
  const event: WireEvent = {
    specversion: '1.0',
    id: `${id}-${hash('sha256', accountId, 'hex').slice(0, 24)}`,
    source: '/winnow/command',
    type: 'account.labelled',
    subject: accountId,
    time: new Date(timeMs).toISOString(),
    data: {
      label,
      by,
      author,
      reason,
      ...(decisionId === undefined ? {} : { decision: decisionId }),
      ...(askedMs === undefined ? {} : { asked_at: new Date(askedMs).toISOString() }),
    },
  };
  return JSON.stringify(event);
}
