import {
  BlobError,
  ClientClosedError,
  ConnectionTimeoutError,
  DisconnectsClientError,
  SimpleError,
  SocketClosedUnexpectedlyError,
} from '@redis/client';
import { describe, expect, it } from 'vitest';
import { messageOf, NoAnswer, unavailable } from '../../../../src/adapters/valkey/failures.ts';

const withCode = (code: string): Error => Object.assign(new Error('it failed'), { code });

describe('what an error of the client means', () => {
  it.each<[string, unknown, RegExp]>([
    ['a wrong password', new SimpleError('WRONGPASS invalid username-password pair'), /refuses the user name/],
    ['no password', new SimpleError('NOAUTH Authentication required.'), /wants a password/],
    ['no right to a command', new SimpleError("NOPERM User x has no permissions to run 'get'"), /grant the rights/],
    ['no right inside the script', new SimpleError('ERR ACL failure in script: no permissions'), /grant the rights/],
    ['no memory', new SimpleError("OOM command not allowed when used memory > 'maxmemory'."), /Valkey is full/],
    ['a start', new BlobError('LOADING Valkey is loading the dataset in memory'), /still loading/],
    ['a replica', new SimpleError("READONLY You can't write against a read only replica."), /is a replica/],
    ['a cluster in parts', new SimpleError('CLUSTERDOWN Hash slot not served'), /cluster is down/],
    ['no cluster', new SimpleError('ERR This instance has cluster support disabled'), /set valkey\.cluster to false/],
    ['an answer that nobody foresaw', new SimpleError('ERR strange'), /^Valkey answers: ERR strange\.$/],
    ['no answer', new NoAnswer(300), /at a:1, b:2 gave no answer within 300 ms/],
    ['a slow connection', new ConnectionTimeoutError(), /did not open a connection in time/],
    ['a connection that closed', new SocketClosedUnexpectedlyError(), /at a:1, b:2 closed the connection/],
    ['the failure of another call', new DisconnectsClientError(), /another call on it failed/],
    ['a closed client', new ClientClosedError(), /another call on it failed/],
    ['a certificate', withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), /certificate .* not accepted \(DEPTH_ZERO/],
    ['a port without a server', withCode('ECONNREFUSED'), /cannot be reached \(ECONNREFUSED\)/],
    ['an error without code', new Error('strange'), /cannot be reached \(strange\)/],
    ['what is no error', 'strange', /cannot be reached \(strange\)/],
  ])('%s', (_, error, expected) => {
    expect(messageOf(error, 'a:1, b:2')).toMatch(expected);
  });

  it('travels under the one code of the port', () => {
    const cause = new Error('cause');
    const error = unavailable('It is away.', cause);
    expect([error.failure, error.cause]).toEqual([{ code: 'STORE_UNAVAILABLE', message: 'It is away.' }, cause]);
  });
});
