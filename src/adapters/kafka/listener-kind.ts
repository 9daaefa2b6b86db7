import net from 'node:net';
import tls from 'node:tls';
import type { Socket } from 'node:net';
import type { KafkaSettings } from './settings.ts';

/**
 * Why a broker that is there closes the connection: kafkajs says that it was closed, and a person looks for a fault of the network. A
 * listener that is spoken to in another way than it wants has no other word for it, so it is tried out: of all brokers at once, since one
 * that is silent takes until it times out.
 */
export async function misspoken(settings: KafkaSettings): Promise<Misspoken | undefined> {
  const found = await Promise.all(settings.brokers.map((broker) => misspokenAt(broker, settings)));
  return found.find((each) => each !== undefined);
}

async function misspokenAt(broker: string, settings: KafkaSettings): Promise<Misspoken | undefined> {
  const at = broker.lastIndexOf(':');
  const place: Place = {
    host: broker.slice(0, at),
    port: Number(broker.slice(at + 1)),
    msMax: settings.connectionTimeoutMs,
  };
  const kind = await kindOf(place);
  if (kind === undefined) return undefined;
  if (kind === 'foreign') return { code: 'BROKER_UNREACHABLE', reason: `What listens at ${broker} is no Kafka.` };
  if (kind === 'controller')
    return { code: 'BROKER_UNREACHABLE', reason: `What listens at ${broker} is a controller of Kafka, and no broker.` };
  const reason = await reasonOf(kind, place, settings);
  return reason === undefined
    ? undefined
    : { code: 'BROKER_AUTHENTICATION', reason: `The listener at ${broker} ${reason}` };
}

/** What is wrong, as a sentence that names the setting, and what that is a failure of. */
export interface Misspoken {
  readonly code: 'BROKER_AUTHENTICATION' | 'BROKER_UNREACHABLE';
  readonly reason: string;
}

/** As the end of a sentence about the listener. */
async function reasonOf(kind: Kind, place: Place, settings: KafkaSettings): Promise<string | undefined> {
  if (kind === 'tls' && !settings.tls.enabled) return 'speaks TLS, and kafka.tls.enabled is false.';
  if (kind === 'plain' && settings.tls.enabled) return 'speaks no TLS, and kafka.tls.enabled is true.';
  if (settings.sasl.mechanism !== 'none' || !(await wantsLogin(place, kind))) return undefined;
  return 'wants a login (SASL), and kafka.sasl.mechanism is none.';
}

interface Place {
  readonly host: string;
  readonly port: number;
  /** Milliseconds for each try. */
  readonly msMax: number;
}

type Kind = 'tls' | 'plain';

/** Another server; or a controller of Kafka, which answers as a broker does and knows no topics. */
type NoBroker = 'foreign' | 'controller';

/** Undefined: nobody is there, or nobody who speaks. Whom the certificate is of is not asked here. */
async function kindOf(place: Place): Promise<Kind | NoBroker | undefined> {
  const isTls = (await conversation(place, 'tls', [])) === 'answered';
  const said = await conversation(place, isTls ? 'tls' : 'plain', [greeting]);
  if (said === 'foreign' || said === 'controller') return said;
  // What speaks TLS, and took too long to shake hands, says so to who does not. What asks for a certificate shakes hands, and closes.
  if (isTls || said === 'alerted') return 'tls';
  return said === 'answered' ? 'plain' : undefined;
}

/** ApiVersions, version 0, which each listener answers; then Metadata, which one that wants a login takes for a breach. */
const greeting = Buffer.from('0000000a 0012 0000 00000001 ffff'.replaceAll(' ', ''), 'hex');
const question = Buffer.from('0000000e 0003 0000 00000002 ffff 00000000'.replaceAll(' ', ''), 'hex');

/** A connection that breaks by chance looks like a refusal once; one that wants a login refuses each time. */
const triesOfLogin = 4;

async function wantsLogin(place: Place, kind: Kind): Promise<boolean> {
  for (let tries = 0; tries < triesOfLogin; tries += 1) {
    if ((await conversation(place, kind, [greeting])) !== 'answered') return false;
    if ((await conversation(place, kind, [greeting, question])) !== 'closed') return false;
  }
  return true;
}

/** `foreign`: with something that is no answer of Kafka's. */
type Outcome = 'answered' | NoBroker | 'alerted' | 'closed' | 'silent';

/** The first byte of an alert of TLS; in Kafka's protocol, of an answer of 352 MB. */
const tlsAlert = 0x15;

/** Opens a connection and says one thing after the other, each when the one before was answered. What came of the last. */
async function conversation(place: Place, kind: Kind, sayings: readonly Buffer[]): Promise<Outcome> {
  const { host, port, msMax } = place;
  const nameIndication = net.isIP(host) === 0 ? { servername: host } : {};
  const socket =
    kind === 'tls'
      ? tls.connect({ host, port, rejectUnauthorized: false, ...nameIndication })
      : net.connect({ host, port });
  try {
    let outcome = await happens(socket, kind === 'tls' ? 'secureConnect' : 'connect', msMax);
    for (const saying of sayings) {
      if (outcome !== 'answered') break;
      socket.write(saying);
      outcome = await happens(socket, 'data', msMax);
    }
    return outcome;
  } finally {
    socket.destroy();
  }
}

/** Of Kafka's answer the first four bytes are its size, here far below 16 MiB, and the next four the number of the question: 1 or 2. */
function kindOfAnswer(bytes: Buffer): Outcome {
  if (bytes[0] === tlsAlert) return 'alerted';
  const isKafkas = bytes[0] === 0 && (bytes.length < 8 || [1, 2].includes(bytes.readInt32BE(4)));
  if (!isKafkas) return 'foreign';
  return isControllers(bytes) ? 'controller' : 'answered';
}

/** The request of which a controller knows nothing. */
const metadataKey = 3;

/** Whether it is the answer to the greeting (an error, how many requests are known, and of each its number, first and last version), and Metadata is not among them. */
function isControllers(bytes: Buffer): boolean {
  if (bytes.length < 14 || bytes.readInt32BE(4) !== 1) return false;
  const known = bytes.readInt32BE(10);
  if (known <= 0 || bytes.length < 14 + 6 * known) return false;
  return !Array.from({ length: known }, (_, index) => bytes.readInt16BE(14 + 6 * index)).includes(metadataKey);
}

function happens(socket: Socket, event: 'connect' | 'secureConnect' | 'data', msMax: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('silent'), msMax);
    const settle = (outcome: Outcome) => (): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    const heard = (bytes?: Buffer): void => settle(bytes === undefined ? 'answered' : kindOfAnswer(bytes))();
    socket.once(event, heard).once('close', settle('closed')).on('error', settle('closed'));
  });
}
