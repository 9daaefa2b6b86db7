import type { ASTNode } from '@marcbachmann/cel-js';
import type { ListType } from '../../domain/list-entry.ts';
import { memberPathOf } from './syntax-tree.ts';

/** Members of an event that lists can name, with the types of entries that name them. */
const listable: Readonly<Record<string, readonly ListType[]>> = {
  subject: ['account'],
  'data.email': ['email', 'email_domain'],
  'data.phone': ['phone'],
  'data.username': ['username_template'],
  'data.context.ip': ['ip', 'cidr', 'asn'],
  'data.context.device_id': ['device'],
};

/** As a condition writes them. */
export const listableMembers = Object.keys(listable).map((path) => `event.${path}`);

/** What `listed(...)` asks for. */
export interface ListQuestion {
  readonly list: string;
  /** Below `event`. */
  readonly path: readonly string[];
  readonly types: readonly ListType[];
}

/** Reads the arguments of `listed`; undefined where they are not the name of a list and a member that can be listed. */
export function questionOf(parameters: readonly ASTNode[]): ListQuestion | undefined {
  const [list, member] = parameters;
  if (parameters.length !== 2 || list?.op !== 'value' || typeof list.args !== 'string') return undefined;
  const path = memberPathOf(member!);
  const types = path === undefined ? undefined : listable[path.join('.')];
  return path === undefined || types === undefined ? undefined : { list: list.args, path, types };
}
