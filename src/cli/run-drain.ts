import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Health } from '../adapters/http/listener.ts';
import { drainPath, orderHeader, orderOf } from '../adapters/http/order.ts';
import { FailureError } from '../domain/failure.ts';
import { loadConfigOf } from './load-config.ts';

interface DrainOptions {
  readonly config?: string;
  readonly port?: number;
}

/** Beyond what it may take to stop: what is asked by then does not answer. Milliseconds. */
const answerMsMax = 5_000;

/** Throws `FailureError` `PROCESSOR_AWAY` where it did not drain. */
export async function runDrain({ config: file, port: given }: DrainOptions): Promise<void> {
  const { http, shutdown, state } = loadConfigOf(file, process.env, ['state.keySecret']);
  const [host, port] = [reachable(http.host), given ?? http.port];
  const place = `${host}:${port}`;
  if (port === 0) throw away('http.port is 0, which takes any port: give the one of its log with --port.', place);
  const told = orderOf('drain', port, state.keySecret!.reveal(), Date.now());
  const { reasons, ok } = await order(told, host, port, shutdown.deadlineMs + answerMsMax, place);
  if (!ok) throw away(reasons.join(' '), place);
  process.stdout.write(`The processor at ${place} has left its group; what it had is finished and committed.\n`);
}

/** Whoever listens on all addresses of this machine can be asked at the one of its own. */
function reachable(host: string): string {
  return host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
}

async function order(told: string, host: string, port: number, msMax: number, place: string): Promise<Health> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { [orderHeader]: told };
  request({ host, port, path: drainPath, method: 'POST', headers, timeout: msMax }, resolve)
    .on('error', reject)
    .on('timeout', () => reject(new Error(`no answer within ${msMax} ms`)))
    .end();
  try {
    const response = await promise;
    const body = await text(response);
    if (response.statusCode === 403) throw new Error(body.trim().replace(/\.$/, ''));
    const { drained, reasons } = JSON.parse(body) as {
      readonly drained?: boolean;
      readonly reasons?: readonly string[];
    };
    return { ok: response.statusCode === 200 && drained === true, reasons: reasons ?? [] };
  } catch (error) {
    throw away(`${(error as Error).message}.`, place);
  }
}

function away(message: string, path: string): FailureError {
  return new FailureError({ code: 'PROCESSOR_AWAY', message, path });
}
