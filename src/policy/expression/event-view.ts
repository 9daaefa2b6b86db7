import type { AccountEvent } from '../../domain/event.ts';
import { contextMembers, dataMembers, envelopeMembers, type MemberType } from '../event-members.ts';

const source = Symbol('what a view shows');

interface View {
  [source]: Readonly<Record<string, unknown>> | undefined;
}

/** A class for CEL's type checker, and the members that it may read. */
export interface ViewType {
  readonly ctor: new () => View;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * An event is plain objects, and CEL checks types by class. So an event is shown through three views, one object each, that
 * read from whichever event they are turned to; expressions are evaluated one after the other, never at once.
 */
export const contextView = defineView(contextMembers, {});
export const dataView = defineView(dataMembers, { context: ['EventContext', new contextView.ctor()] });
export const eventView = defineView(envelopeMembers, { data: ['EventData', new dataView.ctor()] });

const shown = new eventView.ctor();

/** The event as conditions see it, until the next call. */
export function viewEvent(event: AccountEvent): object {
  shown[source] = event as object as Readonly<Record<string, unknown>>;
  return shown;
}

function defineView(
  members: Readonly<Record<string, MemberType>>,
  nested: Readonly<Record<string, readonly [typeName: string, view: View]>>,
): ViewType {
  const ctor = class implements View {
    [source]: View[typeof source];
  };
  for (const name of Object.keys(members)) {
    Object.defineProperty(ctor.prototype, name, {
      get(this: View) {
        return this[source]?.[name];
      },
    });
  }
  for (const [name, [, view]] of Object.entries(nested)) {
    Object.defineProperty(ctor.prototype, name, {
      get(this: View) {
        const part = this[source]?.[name];
        if (part === undefined) return undefined;
        view[source] = part as View[typeof source];
        return view;
      },
    });
  }
  const types = Object.entries(nested).map(([name, [typeName]]) => [name, typeName]);
  return { ctor, fields: { ...members, ...Object.fromEntries(types) } };
}
