import type { WireDecision } from '../../src/wire/decision-schema.ts';
import type { Output } from './deliveries.ts';

/** What the outputs of a processor say, in the order in which they were read. */
export interface OutputReader {
  /** Null for what is no event's fate: a verdict about a group, say, which comes beside the decisions of its accounts' events. */
  read(value: string): Output | null;
}

/** The echo writes the event itself. */
export const echoOutputs: OutputReader = {
  read: (value) => {
    const { id } = JSON.parse(value) as { readonly id: string };
    return { eventId: id, outputId: id, place: null, said: '' };
  },
};

/** Winnow writes decisions; also counts the degraded ones, and notes by which model and policy they were made. */
export class DecisionOutputs implements OutputReader {
  degraded = 0;
  /** `model version, policy version`, of all decisions. */
  readonly versions = new Set<string>();

  read(value: string): Output | null {
    const { id, data } = JSON.parse(value) as WireDecision;
    const { cause, trigger, action, degraded, model, policy } = data;
    const eventId = 'event_id' in cause ? cause.event_id : cause.kind === 'event' ? trigger?.event_id : undefined;
    if (eventId === undefined) return null;
    if (degraded?.some((what) => what !== 'repeat') === true) this.degraded += 1;
    this.versions.add(`${model.version}, policy ${policy.version}`);
    const place = trigger === undefined ? null : `${trigger.partition}:${trigger.offset}`;
    return { eventId, outputId: id, place, said: action };
  }
}
