import {
  ClientClosedError,
  ConnectionTimeoutError,
  DisconnectsClientError,
  ErrorReply,
  SocketClosedUnexpectedlyError,
} from '@redis/client';
import { FailureError } from '../../domain/failure.ts';
import { isCertificateError } from '../../net/tls.ts';

/** No answer within the time. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/** By the first word of an error that Valkey answers. */
const meaningOfReply: Readonly<Record<string, string>> = {
  WRONGPASS: 'Valkey refuses the user name or the password: see valkey.username and valkey.password.',
  NOAUTH: 'Valkey wants a password: see valkey.username and valkey.password.',
  NOPERM:
    'The user of valkey.username may not do what Winnow needs: grant the rights that src/adapters/valkey/README.md lists.',
  OOM: 'Valkey is full, and its policy lets nothing be evicted: raise maxmemory, or take volatile-lru.',
  LOADING: 'Valkey is still loading its data.',
  READONLY: 'This Valkey is a replica: valkey.nodes must name the one that takes writes.',
  CLUSTERDOWN: 'The Valkey cluster is down: some of its slots have no node.',
  MASTERDOWN: 'The Valkey replica has lost its primary.',
  MISCONF: 'Valkey cannot write its data to disk and so refuses writes.',
  CROSSSLOT: 'Valkey sees keys of several slots in one call.',
  BUSY: 'Valkey is busy with a script that does not end.',
};

/** The one failure that the store's port knows. */
export function unavailable(message: string, cause?: unknown): FailureError {
  return new FailureError({ code: 'STORE_UNAVAILABLE', message }, { cause });
}

/** What an error out of the client means. Total: any value gives an answer. `where`: the nodes that were asked. */
export function messageOf(error: unknown, where: string): string {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof ErrorReply) return messageOfReply(text);
  if (error instanceof NoAnswer) return `Valkey at ${where} gave no answer within ${error.timeoutMs} ms.`;
  if (error instanceof ConnectionTimeoutError) return `Valkey at ${where} did not open a connection in time.`;
  if (error instanceof SocketClosedUnexpectedlyError) return `Valkey at ${where} closed the connection.`;
  if (error instanceof DisconnectsClientError || error instanceof ClientClosedError)
    return `The connection to Valkey at ${where} was given up, because another call on it failed.`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (isCertificateError(code))
    return `The certificate of Valkey at ${where} is not accepted (${code}): see valkey.tls.`;
  return `Valkey at ${where} cannot be reached (${code === '' ? text : code}).`;
}

function messageOfReply(text: string): string {
  // What the script may not do comes back under another name.
  const word = text.includes('ACL failure') ? 'NOPERM' : (/^[A-Z]+/.exec(text)?.[0] ?? '');
  if (text.includes('cluster support disabled')) return 'This Valkey is no cluster: set valkey.cluster to false.';
  return meaningOfReply[word] ?? `Valkey answers: ${text}.`;
}
