import { looksDrawn } from './drawn-key.ts';
import { isLoopback, isLoopbackNode } from './loopback.ts';
import { isRegistryInClearText } from './relations.ts';
import type { Config, SettingPath } from './schema.ts';

/**
 * Settings that are allowed, work, and open something: each may be right on a closed network or a test machine, and none of them
 * should be there without anybody knowing. `winnow run` says so in its log, `winnow check-config` beside its verdict. What is
 * never right is refused instead: see `relations.ts`.
 */
interface Exposure {
  /** What to change. */
  readonly path: SettingPath;
  readonly isOpen: (config: Config) => boolean;
  /** A sentence: what it opens, and to whom. */
  readonly warning: string;
}

/** One that a configuration has. */
export type ExposedSetting = Pick<Exposure, 'path' | 'warning'>;

const usesValkey = ({ state }: Config): boolean => state.store === 'valkey';
const isValkeyRemote = (config: Config): boolean => usesValkey(config) && !config.valkey.nodes.every(isLoopbackNode);
const areBrokersRemote = ({ kafka }: Config): boolean => !kafka.brokers.every(isLoopbackNode);

const exposures: readonly Exposure[] = [
  {
    path: 'state.keySecret',
    isOpen: ({ state: { keySecret } }) => keySecret !== undefined && !looksDrawn(keySecret.reveal()),
    warning:
      'It looks made up, and what is remembered could be guessed under it. Make one with: openssl rand -hex 16, and mind that history begins anew under another one.',
  },
  {
    path: 'kafka.tls.enabled',
    isOpen: (config) => areBrokersRemote(config) && !config.kafka.tls.enabled,
    warning: 'Events, with addresses and mailboxes, travel to and from the brokers in clear text.',
  },
  {
    path: 'kafka.sasl.clearTextAllowed',
    isOpen: ({ kafka }) =>
      kafka.sasl.clearTextAllowed &&
      ((!kafka.tls.enabled && ['plain', 'oauthbearer'].includes(kafka.sasl.mechanism)) ||
        kafka.sasl.oauth.tokenUrl?.startsWith('http:') === true),
    warning: 'A credential of Kafka travels in clear text.',
  },
  {
    path: 'kafka.tls.rejectUnauthorized',
    isOpen: ({ kafka }) => kafka.tls.enabled && !kafka.tls.rejectUnauthorized,
    warning: 'Whoever answers for a broker is believed: its certificate is not checked.',
  },
  {
    path: 'valkey.tls.enabled',
    isOpen: (config) => isValkeyRemote(config) && !config.valkey.tls.enabled,
    warning: 'The history, and the password if there is one, travel to and from Valkey in clear text.',
  },
  {
    path: 'valkey.password',
    isOpen: (config) =>
      isValkeyRemote(config) && config.valkey.password === undefined && config.valkey.tls.certificateFile === undefined,
    warning: 'Whoever reaches Valkey may read and change the history: it asks for no password.',
  },
  {
    path: 'valkey.tls.rejectUnauthorized',
    isOpen: (config) => usesValkey(config) && config.valkey.tls.enabled && !config.valkey.tls.rejectUnauthorized,
    warning: 'Whoever answers for Valkey is believed: its certificate is not checked.',
  },
  {
    path: 'archive.secret',
    isOpen: ({ archive: { secret } }) => secret !== undefined && !looksDrawn(secret.reveal()),
    warning:
      'It looks made up, and the archive could be opened under it. Make one for a new archive with: openssl rand -hex 32. One that is there opens under its own alone.',
  },
  {
    path: 'archive.tls.enabled',
    isOpen: ({
      archive: {
        url,
        tls: { enabled },
      },
    }) => url !== undefined && !enabled && !isLoopback(new URL(url).hostname),
    warning: 'The record of decisions, and the password, travel to and from PostgreSQL in clear text.',
  },
  {
    path: 'archive.tls.rejectUnauthorized',
    isOpen: ({ archive: { tls } }) => tls.enabled && !tls.rejectUnauthorized,
    warning: 'Whoever answers for PostgreSQL is believed: its certificate is not checked.',
  },
  {
    path: 'model.registry.clearTextAllowed',
    isOpen: isRegistryInClearText,
    warning: 'Models, and the token of their registry, travel in clear text: who is on the way may send another model.',
  },
  {
    path: 'http.remoteAllowed',
    isOpen: ({ http }) => http.remoteAllowed && !isLoopback(http.host),
    warning: 'Health and metrics, which ask for no password, are open to other machines.',
  },
];

/** What a configuration opens, in the order of the table. */
export function exposedSettings(config: Config): readonly ExposedSetting[] {
  return exposures.filter(({ isOpen }) => isOpen(config)).map(({ path, warning }) => ({ path, warning }));
}
