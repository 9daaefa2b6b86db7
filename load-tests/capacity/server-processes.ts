import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';

/** Processes of servers that this one has started, to be watched. Null where the system does not tell, or the server is elsewhere. */

/** A child of this process whose command has this word in it. */
export function childWith(word: string): number | null {
  try {
    const children = readdirSync('/proc/self/task').flatMap((thread) =>
      readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
    );
    const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word));
    return found === undefined ? null : Number(found);
  } catch {
    return null;
  }
}

/** What a Valkey says of itself. It has to be on this machine, and in no container: there it has another number. */
export async function valkeyProcess(node: string): Promise<number | null> {
  const [host, port] = node.split(':');
  const socket = connect(Number(port), host);
  socket.end('INFO server\r\nQUIT\r\n');
  let text = '';
  socket.on('data', (piece: Buffer) => (text += piece.toString('utf8')));
  await once(socket, 'close');
  const pid = /^process_id:(\d+)/m.exec(text)?.[1];
  return pid === undefined ? null : Number(pid);
}
