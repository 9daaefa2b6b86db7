import kafkajs from 'kafkajs';
import type { Clock } from '../../ports.ts';
import { CredentialsRefused } from './failures.ts';

/** Where tokens come from: the client credentials grant of OAuth 2.0 (RFC 6749, section 4.4). */
export interface TokenRequest {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs: number;
}

/** Seconds that a token lives when the answer does not say so, as it should. */
const lifetimeSecondsDefault = 60;
/** A token is used for this share of its life, and no longer than until this many milliseconds before its end. */
const usedShare = 0.8;
const spareMsMax = 60_000;
const answerBytesMax = 64 * 1024;

interface Token {
  readonly value: string;
  /** Monotonic milliseconds until which it is handed out. */
  readonly usableUntilMs: number;
}

/**
 * Tokens for SASL/OAUTHBEARER: fetched when needed, kept until shortly before they expire, and asked for once however many
 * connections open at a time. Rejects with an error that `classify` takes for refused credentials (the server answered
 * no) or for an unreachable broker (it did not answer, or is in trouble).
 */
export function tokenSource(request: TokenRequest, clock: Clock): () => Promise<{ value: string }> {
  let current: Token | undefined;
  let underWay: Promise<Token> | undefined;
  return async () => {
    if (current === undefined || clock.monotonicMs() >= current.usableUntilMs) {
      underWay ??= fetchToken(request, clock).finally(() => (underWay = undefined));
      current = await underWay;
    }
    return { value: current.value };
  };
}

async function fetchToken(request: TokenRequest, clock: Clock): Promise<Token> {
  const askedAtMs = clock.monotonicMs();
  const { status, text } = await post(request);
  if (status >= 500 || status === 429) throw unavailable(request, `answered ${status}`);
  if (status !== 200) throw new CredentialsRefused(`The token endpoint answered ${status}${reasonIn(text)}.`);
  const answer = parse(text);
  const value = answer['access_token'];
  if (typeof value !== 'string' || value === '') {
    throw new CredentialsRefused('The token endpoint answered without an access_token.');
  }
  const stated = Number(answer['expires_in']);
  const lifetimeMs = 1_000 * (Number.isFinite(stated) && stated > 0 ? stated : lifetimeSecondsDefault);
  return { value, usableUntilMs: askedAtMs + Math.max(lifetimeMs * usedShare, lifetimeMs - spareMsMax) };
}

async function post(request: TokenRequest): Promise<{ status: number; text: string }> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (request.scope !== undefined) form.set('scope', request.scope);
  // RFC 6749, section 2.3.1: both parts are form-encoded before they become basic credentials.
  const credentials = `${encodeURIComponent(request.clientId)}:${encodeURIComponent(request.clientSecret)}`;
  try {
    const response = await fetch(request.tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}`, accept: 'application/json' },
      body: form,
      redirect: 'error',
      signal: AbortSignal.timeout(request.timeoutMs),
    });
    return { status: response.status, text: await boundedText(response) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw unavailable(request, `gave no answer (${cause instanceof Error ? cause.message : String(cause)})`);
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > answerBytesMax) throw new Error(`more than ${answerBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unavailable(request: TokenRequest, what: string): Error {
  return new kafkajs.KafkaJSConnectionError(`The token endpoint ${new URL(request.tokenUrl).host} ${what}.`);
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The error code that RFC 6749, section 5.2, puts into a refusal. Nothing else of the answer is repeated. */
function reasonIn(text: string): string {
  const code = parse(text)['error'];
  return typeof code === 'string' && /^[a-z_]{1,64}$/.test(code) ? ` (${code})` : '';
}
