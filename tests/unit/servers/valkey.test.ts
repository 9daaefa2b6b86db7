import { describe, expect, it } from 'vitest';
import { nodeList } from '../../servers/valkey.ts';
import { configuration } from '../../servers/valkey/instance.ts';

describe('nodeList', () => {
  it.each<[string | undefined, string[]]>([
    [undefined, []],
    ['  ', []],
    ['valkey:6379', ['valkey:6379']],
    ['one:6379, two:6379,', ['one:6379', 'two:6379']],
  ])('%j', (value, nodes) => {
    expect(nodeList(value)).toEqual(nodes);
  });
});

describe('configuration', () => {
  const ports = { port: 7_001, busPort: 7_901 };
  const options = { count: 1, isCluster: false, settings: ['maxmemory 10mb'] };

  it('has the port, the address and the lines of the test', () => {
    expect(configuration(ports, '127.0.0.1', options).split('\n')).toEqual(
      expect.arrayContaining(['port 7001', 'bind 127.0.0.1', 'maxmemory 10mb']),
    );
  });

  it('tells clients of a cluster to come to loopback', () => {
    const text = configuration(ports, '0.0.0.0', { ...options, isCluster: true });
    expect(text).toContain('cluster-enabled yes');
    expect(text).toContain('cluster-announce-ip 127.0.0.1');
    expect(text).toContain('cluster-port 7901');
    expect(configuration(ports, '0.0.0.0', options)).not.toContain('cluster');
  });
});
