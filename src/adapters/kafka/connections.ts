import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';
import { openSocket } from './sockets.ts';

/**
 * The connections of one client, to cut them all: what was asked over them fails at once, and nothing can be asked any more. kafkajs cannot be
 * told to give up; without connections it can neither commit nor join again, whatever it is waiting for.
 */
export class Connections {
  readonly #open = new Set<Socket>();
  #isCut = false;

  readonly open: ISocketFactory = (options) => {
    const socket = openSocket(options);
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    if (this.#isCut) socket.destroy(cutOff());
    return socket;
  };

  /** For good. */
  cut(): void {
    this.#isCut = true;
    // One that was closed in order waits for the other end alone: nobody has to be told.
    for (const socket of this.#open) socket.destroy(socket.writableEnded ? undefined : cutOff());
  }
}

function cutOff(): Error {
  return new Error('the client was given up');
}
