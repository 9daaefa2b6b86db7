import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import kafkajs from 'kafkajs';

/** Inside kafkajs, without types; only what is touched here. */
export interface Connection {
  readonly socket?: Socket;
  /** Of what was asked over it and has no answer, by number: the later, the larger. */
  readonly requestQueue: { readonly inflight: ReadonlyMap<number, unknown> };
  send: (this: Connection, exchange: unknown) => Promise<unknown>;
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/connection') as { prototype: Connection };
const { send } = prototype;

/**
 * A connection that has died without a word, half open, takes whatever is sent and never answers. kafkajs 2.2.4 lets a request run out of its
 * time, and sends the next one over the same connection. So it is closed then, as Kafka's own clients do: what else waits on it fails too,
 * and whoever asks again opens another. Not where something was asked before that still has time: brokers answer in order, and to join
 * a group may take minutes. Calling this again changes nothing.
 */
export function closeDeadConnections(): Connection {
  prototype.send = sendOrClose;
  return prototype;
}

async function sendOrClose(this: Connection, exchange: unknown): Promise<unknown> {
  const { socket } = this; // a later request may have another
  try {
    return await send.call(this, exchange);
  } catch (error) {
    if (error instanceof kafkajs.KafkaJSRequestTimeoutError && isFirst(error, this)) socket?.destroy(error);
    throw error;
  }
}

function isFirst({ correlationId }: kafkajs.KafkaJSRequestTimeoutError, { requestQueue }: Connection): boolean {
  return [...requestQueue.inflight.keys()].every((each) => each > correlationId);
}
