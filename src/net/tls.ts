import type { ConnectionOptions } from 'node:tls';
import { FailureError } from '../domain/failure.ts';
import { readSmallFile } from './small-file.ts';

/** Bytes of a PEM file: the authorities of a whole operating system are a quarter of it. */
const pemBytesMax = 1024 * 1024;

/** How to speak TLS to one kind of server, as sections `tls` of the configuration have it. */
export interface TlsSettings {
  readonly enabled: boolean;
  readonly caFile?: string | undefined;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly keyPassphrase?: HiddenText | undefined;
  readonly serverName?: string | undefined;
  readonly rejectUnauthorized: boolean;
}

/** A text that shows itself only when asked by name. */
export interface HiddenText {
  reveal(): string;
}

/**
 * Options of Node's sockets, for settings that are enabled. Files are read once, here.
 * Throws `FailureError` `CONFIG_INVALID`, at the setting, when one cannot be read.
 *
 * @param section of the settings: `kafka.tls`
 */
export function tlsOptions(section: string, tls: TlsSettings): ConnectionOptions {
  const options: ConnectionOptions = { rejectUnauthorized: tls.rejectUnauthorized };
  if (tls.caFile !== undefined) options.ca = readFile(`${section}.caFile`, tls.caFile);
  if (tls.certificateFile !== undefined) options.cert = readFile(`${section}.certificateFile`, tls.certificateFile);
  if (tls.keyFile !== undefined) options.key = readFile(`${section}.keyFile`, tls.keyFile);
  if (tls.keyPassphrase !== undefined) options.passphrase = tls.keyPassphrase.reveal();
  if (tls.serverName !== undefined) options.servername = tls.serverName;
  return options;
}

function readFile(path: string, file: string): Buffer {
  try {
    return readSmallFile(file, pemBytesMax);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code ?? message;
    throw new FailureError({ code: 'CONFIG_INVALID', message: `${file} cannot be read (${reason}).`, path });
  }
}

/** Node's and OpenSSL's codes for a certificate that does not prove what it should, or a server that speaks no TLS. */
const certificateError =
  /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE))/;

/** Whether the code of an error is about certificates. Everything else may be the network, and pass. */
export function isCertificateError(code: string): boolean {
  return certificateError.test(code);
}
