import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MlflowRegistry } from '../../../src/adapters/mlflow/registry.ts';
import { readRegistryState, RegistryFollower } from '../../../src/app/worker/registry.ts';
import type { Failure } from '../../../src/domain/failure.ts';
import type { Deployment } from '../../../src/wire/bundle-schema.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { writeBundle, type BundleParts } from './small-bundles.ts';

const pathOf = temporaryFolder();
let folders = 0;
const artifacts = '/api/2.0/mlflow-artifacts/artifacts/';

type Reply = (response: ServerResponse, request: IncomingMessage) => unknown;

/** An MLflow server of one registered model, as far as it is asked, which can be made to do anything else. */
class StubServer {
  readonly requests: string[] = [];
  readonly tokens = new Set<string | undefined>();
  /** By alias, the version; of what is not here, the server says that there is none. */
  readonly aliases = new Map<string, string>();
  /** Answers in the place of all else, where it does. */
  instead: (path: string) => Reply | undefined = () => undefined;
  uriOf = (version: string): string => `mlflow-artifacts:/1/run-${version}/artifacts/bundle`;
  readonly folder = pathOf(`registered-${folders++}`);
  #url = '';

  static async start(): Promise<StubServer> {
    const stub = new StubServer();
    const server = createServer((request, response) => stub.#answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    stub.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return stub;
  }

  get url(): string {
    return this.#url;
  }

  /** Registers `small <name>` as a version. */
  register(version: string, name: string, parts: BundleParts = {}): this {
    writeBundle(join(this.folder, version), name, parts);
    return this;
  }

  fileOf(version: string, name: string, file: string): string {
    return join(this.folder, version, 'small', name, file);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url!, 'http://stub');
    this.requests.push(url.pathname);
    this.tokens.add(request.headers.authorization);
    const instead = this.instead(url.pathname);
    if (instead !== undefined) return void instead(response, request);
    const query = (name: string): string => url.searchParams.get(name) ?? '';
    if (url.pathname.endsWith('/registered-models/alias')) {
      const version = this.aliases.get(query('alias'));
      if (version !== undefined) return json(response, 200, { model_version: { name: query('name'), version } });
      return json(response, 400, { message: `Registered model alias ${query('alias')} not found.` });
    }
    if (url.pathname.endsWith('/get-download-uri'))
      return json(response, 200, { artifact_uri: this.uriOf(query('version')) });
    const [, version, file] = /^1\/run-(.+)\/artifacts\/bundle\/(.+)$/.exec(url.pathname.slice(artifacts.length)) ?? [];
    try {
      const [name] = readdirSync(join(this.folder, version!, 'small'));
      response.end(readFileSync(this.fileOf(version!, name!, file!)));
    } catch {
      json(response, 404, { message: 'No such artifact' });
    }
  }
}

function json(response: ServerResponse, status: number, content: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}

interface Site {
  readonly follower: RegistryFollower;
  readonly directory: string;
  readonly told: (Failure | null)[];
  readonly deployments: Deployment[];
  /** Versions of `small` that serve here by another's word. */
  readonly inUse: Set<string>;
}

function follow(stub: StubServer, directory = pathOf(`models-${folders++}`), timeoutMs = 20_000): Site {
  mkdirSync(directory, { recursive: true });
  const [told, deployments]: [(Failure | null)[], Deployment[]] = [[], []];
  const inUse = new Set<string>();
  const token = { reveal: () => 'a-token' };
  const follower = new RegistryFollower({
    registry: new MlflowRegistry({ url: stub.url, token, model: 'winnow', timeoutMs }),
    model: 'winnow',
    aliases: { champion: 'champion', challenger: 'challenger' },
    directory,
    bytesMax: 1_000_000,
    pollMs: 10,
    telemetry: { registryLooked: (failure) => void told.push(failure) },
    onDeployment: (deployment) => void deployments.push(deployment),
    isInUse: ({ version }) => inUse.has(version),
  });
  onTestFinished(() => follower.close());
  return { follower, directory, told, deployments, inUse };
}

const small = (version: string) => ({ name: 'small', version });

describe('aliases of a registry', () => {
  it('make a deployment: champion and challenger, their bundles copied once, and the token goes along', async () => {
    const stub = (await StubServer.start()).register('3', 'a').register('4', 'b');
    stub.aliases.set('champion', '3').set('challenger', '4');
    const { follower, directory, deployments, told } = follow(stub);
    await follower.look();
    expect(deployments).toEqual([
      {
        schema: 'winnow.deployment/1',
        champion: small('a'),
        challengers: [small('b')],
        canary: null,
        reason: 'version 3 of winnow in the registry',
      },
    ]);
    for (const file of readdirSync(join(stub.folder, '3', 'small', 'a')))
      expect(readFileSync(join(directory, 'small', 'a', file))).toEqual(readFileSync(stub.fileOf('3', 'a', file)));
    expect(stub.tokens).toEqual(new Set(['Bearer a-token']));
    const downloads = (): number => stub.requests.filter((path) => path.startsWith(artifacts)).length;
    expect(downloads()).toBe(8);
    await follower.look();
    expect([downloads(), deployments.length, told]).toEqual([8, 1, [null, null]]);
    expect(readdirSync(directory).toSorted()).toEqual(['registry.json', 'small']);
  });

  it('that move swap the champion; a challenger that is none any more leaves; a champion that is none goes on', async () => {
    const stub = (await StubServer.start()).register('1', 'a').register('2', 'b');
    stub.aliases.set('champion', '1').set('challenger', '2');
    const { follower, deployments, told } = follow(stub);
    await follower.look();
    stub.aliases.set('champion', '2').delete('challenger');
    await follower.look();
    expect(deployments.at(-1)).toMatchObject({ champion: small('b'), challengers: [] });
    stub.aliases.delete('champion');
    await follower.look();
    expect(deployments).toHaveLength(2);
    expect(told.at(-1)).toMatchObject({ code: 'REGISTRY_REFUSED', message: 'the model has no alias champion.' });
    expect(follower.notes()).toHaveLength(1);
  });

  it('are known through a restart without the registry, and bundles that somebody copied stay', async () => {
    const stub = (await StubServer.start()).register('1', 'a');
    stub.aliases.set('champion', '1');
    const { follower, directory } = follow(stub);
    writeBundle(directory, 'own');
    await follower.look();
    await follower.close();
    stub.instead = () => (response) => response.destroy();
    const later = follow(stub, directory);
    expect(await later.follower.restore()).toMatchObject({ champion: small('a') });
    await later.follower.look();
    expect(later.told).toEqual([expect.objectContaining({ code: 'REGISTRY_UNAVAILABLE' })]);
    expect(later.deployments).toEqual([]);
    expect(readdirSync(join(directory, 'small')).toSorted()).toEqual(['a', 'own']);
  });

  it('leave no more than sixteen bundles behind, those that serve among them', async () => {
    const stub = await StubServer.start();
    const { follower, directory, inUse } = follow(stub);
    inUse.add('v2');
    writeBundle(directory, 'own');
    for (let version = 1; version <= 20; version++) {
      stub.register(String(version), `v${version}`).aliases.set('champion', String(version));
      await follower.look();
    }
    const kept = readdirSync(join(directory, 'small'));
    expect(kept).toContain('own');
    expect(kept).toContain('v20');
    // An operator has ordered it since, or it is the one to go back to: a restart would find no champion.
    expect(kept).toContain('v2');
    expect(kept).toHaveLength(18);
    expect((await readRegistryState(directory))?.fetched).toHaveLength(17);
  });

  it('of which the challenger is broken promote the champion all the same', async () => {
    const stub = (await StubServer.start()).register('1', 'a').register('2', 'b');
    stub.aliases.set('champion', '1').set('challenger', '2');
    rmSync(stub.fileOf('2', 'b', 'model.onnx'));
    const { follower, deployments, told } = follow(stub);
    await follower.look();
    expect(deployments).toMatchObject([{ champion: small('a'), challengers: [] }]);
    expect(told).toEqual([expect.objectContaining({ code: 'REGISTRY_REFUSED' })]);
  });
});

/** What is at an address where nobody may go. */
async function elsewhere(): Promise<{ readonly url: string; readonly visits: () => number }> {
  let visits = 0;
  const server = createServer((_, response) => {
    visits++;
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, visits: () => visits };
}

const whole = (path: string): boolean => !path.startsWith(artifacts);

describe('a registry of no use leaves what serves, and says why:', () => {
  it.each<readonly [what: string, mishap: (stub: StubServer) => unknown, code: string, message: RegExp]>([
    ['cut off', (stub) => (stub.instead = () => (to) => to.destroy()), 'REGISTRY_UNAVAILABLE', /./],
    [
      'broken',
      (stub) => (stub.instead = () => (to) => json(to, 503, { message: 'database\nlocked' })),
      'REGISTRY_UNAVAILABLE',
      /^it answers 503: database locked\.$/,
    ],
    [
      'not to be read by us',
      (stub) => (stub.instead = () => (to) => json(to, 401, { message: 'who are you' })),
      'REGISTRY_REFUSED',
      /^it answers 401: who are you\.$/,
    ],
    [
      'a page of something else',
      (stub) => (stub.instead = () => (to) => to.end('<html>Welcome</html>')),
      'REGISTRY_REFUSED',
      /names no version/,
    ],
    [
      'an answer without end',
      (stub) =>
        (stub.instead = () => (to) => {
          const more = (): void => void to.write(Buffer.alloc(65_536), (error) => error ?? more());
          more();
        }),
      'REGISTRY_REFUSED',
      /more than 1048576 bytes/,
    ],
    [
      'one that keeps files elsewhere',
      (stub) => (stub.uriOf = () => 's3://bucket/bundle'),
      'REGISTRY_REFUSED',
      /its files are at s3: and not handed out by the server/,
    ],
    [
      'one that keeps files on its disk',
      (stub) => (stub.uriOf = () => '/mlruns/1/bundle'),
      'REGISTRY_REFUSED',
      /at elsewhere/,
    ],
    [
      'one whose paths lead out',
      (stub) => (stub.uriOf = () => 'mlflow-artifacts:/1/../../secrets'),
      'REGISTRY_REFUSED',
      /the path of its files is none/,
    ],
    [
      'a bundle without a manifest',
      (stub) => rmSync(stub.fileOf('2', 'b', 'manifest.json')),
      'REGISTRY_REFUSED',
      /manifest\.json is not among its files/,
    ],
    [
      'a bundle whose files are not those of its manifest',
      (stub) => writeFileSync(stub.fileOf('2', 'b', 'model.onnx'), 'another'),
      'BUNDLE_HASH',
      /SHA-256/,
    ],
    [
      'a bundle that is cut off under way',
      (stub) =>
        (stub.instead = (path) =>
          path.endsWith('model.onnx')
            ? (to) => {
                to.writeHead(200, { 'content-length': '100000' });
                to.write('the first', () => to.destroy());
              }
            : undefined),
      'REGISTRY_UNAVAILABLE',
      /./,
    ],
    [
      'a bundle that is too large',
      (stub) =>
        (stub.instead = (path) => (path.endsWith('card.md') ? (to) => to.end(Buffer.alloc(2_000_000)) : undefined)),
      'REGISTRY_REFUSED',
      /more than \d+ bytes/,
    ],
    [
      'a bundle that is small until it is unpacked',
      (stub) =>
        (stub.instead = (path) =>
          path.endsWith('card.md')
            ? (to) => to.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)))
            : undefined),
      'REGISTRY_REFUSED',
      /more than \d+ bytes/,
    ],
    [
      'a manifest whose name leads out of the folder',
      (stub) => {
        const file = stub.fileOf('2', 'b', 'manifest.json');
        writeFileSync(file, readFileSync(file, 'utf8').replace('"name":"small"', '"name":"../../small"'));
      },
      'BUNDLE_INVALID',
      /^name: /,
    ],
    [
      'a bundle of a name and version that are taken',
      (stub) => {
        rmSync(join(stub.folder, '2'), { recursive: true });
        stub.register('2', 'a', { thresholds: { challenge: 0.1, review: 0.2, block: 0.3 } });
      },
      'BUNDLE_VERSION_TAKEN',
      /another small a/,
    ],
  ])('%s', async (_, mishap, code, message) => {
    const stub = (await StubServer.start()).register('1', 'a').register('2', 'b');
    stub.aliases.set('champion', '1');
    const { follower, directory, told, deployments } = follow(stub);
    await follower.look();
    stub.aliases.set('champion', '2');
    mishap(stub);
    await follower.look();
    expect(told).toEqual([
      null,
      { code, message: expect.stringMatching(message) as string, ...pathOfFailure(told[1]) },
    ]);
    expect(deployments).toMatchObject([{ champion: small('a') }]);
    // Nothing is left of what was begun.
    expect(readdirSync(directory).toSorted()).toEqual(['registry.json', 'small']);
    expect(readdirSync(join(directory, 'small'))).toEqual(['a']);
  });

  it('silent', async () => {
    const stub = await StubServer.start();
    stub.instead = () => () => undefined;
    const { follower, told } = follow(stub, undefined, 200);
    await follower.look();
    expect(told).toMatchObject([{ code: 'REGISTRY_UNAVAILABLE', message: 'no answer within 200 ms.' }]);
  });

  it.each([whole, (path: string) => path.startsWith(artifacts)])('a redirect is not followed', async (isRedirected) => {
    const other = await elsewhere();
    const stub = (await StubServer.start()).register('1', 'a');
    stub.aliases.set('champion', '1');
    stub.instead = (path) =>
      isRedirected(path) ? (to) => to.writeHead(302, { location: `${other.url}${path}` }).end() : undefined;
    const { follower, told, deployments } = follow(stub);
    await follower.look();
    expect(told).toEqual([expect.objectContaining({ code: 'REGISTRY_REFUSED', message: 'it answers 302.' })]);
    expect([other.visits(), deployments]).toEqual([0, []]);
  });
});

function pathOfFailure(failure: Failure | null | undefined): { path?: string } {
  return failure?.path === undefined ? {} : { path: failure.path };
}
