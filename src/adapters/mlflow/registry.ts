import { failed, FailureError, type FailureCode } from '../../domain/failure.ts';

/** A version of a registered model, and where its files are. */
export interface RegisteredVersion {
  /** As the registry counts: `3`. */
  readonly version: string;
  /** Of its folder, among the artifacts that the server hands out: `1/<run>/artifacts/bundle`. */
  readonly path: string;
}

export interface MlflowRegistryOptions {
  /** Of the server, such as `https://mlflow.example.com`. No other host is contacted. */
  readonly url: string;
  readonly token: { reveal(): string } | undefined;
  /** The registered model. */
  readonly model: string;
  /** Milliseconds until an answer, whole, is given up. */
  readonly timeoutMs: number;
}

const api = '/api/2.0/mlflow';
const artifacts = '/api/2.0/mlflow-artifacts/artifacts';
/** Bytes of an answer that is no file. */
const answerBytesMax = 1024 * 1024;
const problemLengthMax = 200;

/**
 * An MLflow server as a source of bundles, by three calls of its REST interface (2.0): which version an alias names, where that
 * version's files are, and a file. Files are taken from the server itself (`mlflow-artifacts:`); where it keeps them in a store that clients
 * ask directly, the version is refused, since that would be another host and another credential. Redirects are not followed.
 *
 * All calls throw `FailureError`: `REGISTRY_UNAVAILABLE` where another time may do, `REGISTRY_REFUSED` where somebody has to mend something.
 */
export class MlflowRegistry {
  readonly #options: MlflowRegistryOptions;

  constructor(options: MlflowRegistryOptions) {
    this.#options = options;
  }

  /** Null where the model has no such alias. */
  async versionOf(alias: string, signal: AbortSignal): Promise<RegisteredVersion | null> {
    const { model: name } = this.#options;
    const found = await this.#ask(`${api}/registered-models/alias?${query({ name, alias })}`, signal);
    if (found.status !== 200) {
      if (isNoAlias(found)) return null;
      throw this.#trouble(found);
    }
    const version = member(member(jsonOf(found), 'model_version'), 'version');
    if (typeof version !== 'string') throw refused(`alias ${alias} names no version`);
    const located = await this.#ask(`${api}/model-versions/get-download-uri?${query({ name, version })}`, signal);
    if (located.status !== 200) throw this.#trouble(located);
    return { version, path: this.#pathOf(member(jsonOf(located), 'artifact_uri')) };
  }

  /** A file of a version, of at most so many bytes. */
  async download(
    { path }: RegisteredVersion,
    file: string,
    bytesMax: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const place = [...path.split('/'), file].map(encodeURIComponent).join('/');
    const answer = await this.#ask(`${artifacts}/${place}`, signal, bytesMax);
    if (answer.status === 404) throw refused(`${file} is not among its files`);
    if (answer.status !== 200) throw this.#trouble(answer);
    return answer.bytes;
  }

  /** `mlflow-artifacts:/1/run/artifacts/bundle`, with or without a host, or the same as an address of this server. */
  #pathOf(uri: unknown): string {
    const proxied = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.+)$/.exec(String(uri))?.[1];
    const own = `${this.#base()}${artifacts}/`;
    const path = proxied ?? (String(uri).startsWith(own) ? String(uri).slice(own.length) : undefined);
    const segments = path?.replace(/\/+$/, '').split('/');
    if (segments === undefined) {
      const scheme = /^[a-z][a-z0-9+.-]*:/.exec(String(uri))?.[0] ?? 'elsewhere';
      throw refused(
        `its files are at ${scheme} and not handed out by the server: it has to run with --serve-artifacts`,
      );
    }
    if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
      throw refused('the path of its files is none');
    return segments.join('/');
  }

  #base(): string {
    return this.#options.url.replace(/\/+$/, '');
  }

  async #ask(path: string, closing: AbortSignal, bytesMax = answerBytesMax): Promise<Answer> {
    const { token, timeoutMs } = this.#options;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(`${this.#base()}${path}`, {
        headers: token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` },
        // To follow one would take the token elsewhere.
        redirect: 'manual',
        signal: AbortSignal.any([timeout, closing]),
      });
      return { status: response.status, bytes: await bounded(response, bytesMax) };
    } catch (error) {
      if (error instanceof FailureError) throw error;
      const { message, cause } = error as Error;
      const problem = cause instanceof Error ? cause.message : message;
      throw unavailable(timeout.aborted ? `no answer within ${timeoutMs} ms` : problem);
    }
  }

  #trouble({ status, bytes }: Answer): FailureError {
    const message = member(jsonOf({ bytes }), 'message');
    const problem = `it answers ${status}${typeof message === 'string' ? `: ${message}` : ''}`;
    return status >= 500 || status === 408 || status === 429 ? unavailable(problem) : refused(problem);
  }
}

interface Answer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** Counted as it comes, unpacked: a header says what it likes of the length. */
async function bounded(response: Response, bytesMax: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > bytesMax) throw refused(`an answer has more than ${bytesMax} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Servers differ in how they say it. */
function isNoAlias({ status, bytes }: Answer): boolean {
  const message = member(jsonOf({ bytes }), 'message');
  return (status === 400 || status === 404) && typeof message === 'string' && /alias .*not found/i.test(message);
}

function query(members: Readonly<Record<string, string>>): string {
  return new URLSearchParams(members).toString();
}

function jsonOf({ bytes }: Pick<Answer, 'bytes'>): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function unavailable(problem: string): FailureError {
  return failureOf('REGISTRY_UNAVAILABLE', problem);
}

function refused(problem: string): FailureError {
  return failureOf('REGISTRY_REFUSED', problem);
}

function failureOf(code: FailureCode, problem: string): FailureError {
  return new FailureError(failed(code, `${problem.replaceAll(/\s+/g, ' ').slice(0, problemLengthMax)}.`).failure);
}
