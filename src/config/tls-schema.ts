import { flag, optionalPath, optionalText, secret, section } from './setting.ts';

/** How the sentences of a TLS section name the other side. */
export interface TlsPeer {
  /** Begins a sentence: `A broker`. */
  readonly one: string;
  readonly several: string;
  readonly example: string;
  /** When the setting for our own certificate is wanted. */
  readonly asksForCertificate: string;
}

/** Settings of TLS towards one kind of server. */
export function tlsSection({ one, several, example, asksForCertificate }: TlsPeer) {
  return section({
    enabled: flag({
      default: false,
      reason: `${one} on the own machine has no certificate; every other should.`,
      change: `Turn it on wherever ${several} are not on the own machine.`,
    }),
    caFile: optionalPath({
      reason: 'PEM file with the authorities to trust. Without it, those that Node.js brings.',
      change: `The certificates of ${several} come from an authority of your own.`,
    }),
    certificateFile: optionalPath({
      reason: `PEM file with the certificate that Winnow shows to ${several}.`,
      change: asksForCertificate,
    }),
    keyFile: optionalPath({
      reason: 'PEM file with the private key of `certificateFile`.',
      change: 'Together with `certificateFile`.',
    }),
    keyPassphrase: secret({
      expected: 'a text of 1 to 1024 characters',
      pattern: /^[^]{1,1024}$/,
      remedy: 'Give the passphrase of the key, or leave it out when the key has none.',
      reason: 'Opens `keyFile`.',
      change: 'The private key is encrypted.',
    }),
    serverName: optionalText({
      expected: 'a host name of 1 to 253 letters, digits, dots and dashes',
      example,
      pattern: /^[A-Za-z0-9.-]{1,253}$/,
      reason: 'The name to look for in the certificates. Without it, the host of each.',
      change: `An address or a tunnel leads to ${several} that their certificates do not name.`,
    }),
    rejectUnauthorized: flag({
      default: true,
      reason: 'A certificate that nobody vouches for proves nothing: the connection is refused.',
      change: 'Never in production. Give `caFile` instead.',
    }),
  });
}
