/**
 * The EU's database of statements of reasons, over HTTP. What it answers was read in its source (digital-services-act/transparency-database, routes
 * of version 1 of the interface): a batch is taken whole or not at all; a statement that it knows is refused with 422; whether it knows one is
 * told by a redirect (302) or 404.
 */
export interface TransparencyDatabaseOptions {
  /** Of the interface: `https://transparency.dsa.ec.europa.eu/api/v1`. */
  readonly url: string;
  readonly token: { reveal(): string };
  /** Milliseconds until an answer is given up. */
  readonly timeoutMs: number;
}

/** What came of a batch. */
export type BatchReply =
  /** All were taken: their numbers there, in the order of the batch. */
  | { readonly kind: 'taken'; readonly uuids: readonly string[] }
  /** None was taken: some have faults, by their place in the batch. */
  | { readonly kind: 'faulty'; readonly faults: ReadonlyMap<number, string> }
  /** None was taken: it knows these, or takes one of them at this moment. Which ones is not always said; then none is named. */
  | { readonly kind: 'known'; readonly puids: readonly string[] }
  /** None was taken, for it was too much at once: to be tried again after so many milliseconds. */
  | { readonly kind: 'busy'; readonly waitMs: number }
  /** Nobody knows whether they were taken. */
  | { readonly kind: 'unavailable'; readonly problem: string }
  /** None was taken, and none will be until somebody has mended the token or the address. */
  | { readonly kind: 'refused'; readonly problem: string };

export type KnownReply =
  | Extract<BatchReply, { readonly kind: 'busy' | 'unavailable' | 'refused' }>
  | { readonly kind: 'answer'; readonly isKnown: boolean };

/** Where it does not say how long to wait: its bounds are counted by the minute. */
const waitMsDefault = 60_000;
const waitMsMax = 10 * 60_000;
const problemLengthMax = 500;

export class TransparencyDatabase {
  readonly #options: TransparencyDatabaseOptions;

  constructor(options: TransparencyDatabaseOptions) {
    this.#options = options;
  }

  /** Sends 1 to 100 statements. */
  async submit(statements: readonly object[]): Promise<BatchReply> {
    const answer = await this.#ask('POST', '/statements', JSON.stringify({ statements }));
    if (answer.status === undefined) return { kind: 'unavailable', problem: answer.problem };
    if (answer.status === 201) return takenOf(answer.content, statements.length);
    if (answer.status === 422) return refusalOf(answer.content);
    return troubleOf(answer);
  }

  /** Whether it has the statement. */
  async knows(puid: string): Promise<KnownReply> {
    const answer = await this.#ask('GET', `/statement/existing-puid/${encodeURIComponent(puid)}`);
    if (answer.status === undefined) return { kind: 'unavailable', problem: answer.problem };
    if (answer.status === 404) return { kind: 'answer', isKnown: false };
    // Who stands between, and redirects everything to a page of its own, does not name the statement.
    if (answer.status === 302 && memberOf(answer.content, 'puid') === puid) return { kind: 'answer', isKnown: true };
    return troubleOf(answer);
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: string): Promise<Answer> {
    const { url, token, timeoutMs } = this.#options;
    try {
      const response = await fetch(`${url.replace(/\/+$/, '')}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token.reveal()}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        // A redirect is an answer here; to follow one would take the token elsewhere.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body }),
      });
      const content = parseContent(await response.text());
      return { status: response.status, content, retryAfter: response.headers.get('retry-after') };
    } catch (error) {
      return { status: undefined, problem: problemOf(error, timeoutMs) };
    }
  }
}

type Answer =
  | { readonly status: number; readonly content: unknown; readonly retryAfter: string | null }
  | { readonly status: undefined; readonly problem: string };

type Answered = Extract<Answer, { readonly status: number }>;

function troubleOf({
  status,
  content,
  retryAfter,
}: Answered): Extract<BatchReply, { kind: 'busy' | 'unavailable' | 'refused' }> {
  if (status === 429) return { kind: 'busy', waitMs: waitOf(retryAfter) };
  const problem = `it answers ${status}${messageOf(content)}`;
  return status >= 500 || status === 408 ? { kind: 'unavailable', problem } : { kind: 'refused', problem };
}

/** Seconds, or a date; within bounds, whatever it says. */
function waitOf(retryAfter: string | null): number {
  if (retryAfter === null) return waitMsDefault;
  const seconds = Number(retryAfter);
  const waitMs = Number.isNaN(seconds) ? Date.parse(retryAfter) - Date.now() : seconds * 1_000;
  return Number.isNaN(waitMs) ? waitMsDefault : Math.min(Math.max(waitMs, 0), waitMsMax);
}

function refusalOf(content: unknown): BatchReply {
  const errors = memberOf(content, 'errors');
  const known = memberOf(errors, 'existing_puids');
  const isAboutIds = Array.isArray(known) || memberOf(errors, 'puid') !== undefined;
  if (isAboutIds) {
    const named: readonly unknown[] = Array.isArray(known) ? known : [];
    return { kind: 'known', puids: named.filter((puid) => typeof puid === 'string') };
  }
  const faults = new Map<number, string>();
  for (const [name, fields] of Object.entries(isObject(errors) ? errors : {})) {
    const place = /^statement_(\d+)$/.exec(name)?.[1];
    if (place !== undefined) faults.set(Number(place), JSON.stringify(fields).slice(0, problemLengthMax));
  }
  return faults.size > 0
    ? { kind: 'faulty', faults }
    : { kind: 'refused', problem: `it answers 422${messageOf(content)}` };
}

/** What says that all were taken, and does not show as many, says nothing: sent again, those that are there are refused as known. */
function takenOf(content: unknown, count: number): BatchReply {
  const taken: unknown = memberOf(content, 'statements');
  if (!Array.isArray(taken) || taken.length !== count)
    return { kind: 'unavailable', problem: 'it answers 201 without the statements' };
  const uuids = (taken as readonly unknown[]).map((one) => memberOf(one, 'uuid'));
  return { kind: 'taken', uuids: uuids.map((uuid) => (typeof uuid === 'string' ? uuid : '')) };
}

function messageOf(content: unknown): string {
  const message = memberOf(content, 'message');
  return typeof message === 'string' ? `: ${message.slice(0, problemLengthMax)}` : '';
}

function problemOf(error: unknown, timeoutMs: number): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  return cause instanceof Error ? cause.message : message;
}

function parseContent(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
