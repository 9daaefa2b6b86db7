import { describe, expect, it } from 'vitest';
import { brokerList } from '../../servers/kafka.ts';
import { serverProperties } from '../../servers/kafka/broker-settings.ts';
import { javaMajorVersion } from '../../servers/kafka/maven.ts';

describe('brokerList', () => {
  it.each<[string | undefined, string[]]>([
    [undefined, []],
    ['  ', []],
    ['kafka:9092', ['kafka:9092']],
    ['one:9092, two:9092,', ['one:9092', 'two:9092']],
  ])('%j', (value, brokers) => {
    expect(brokerList(value)).toEqual(brokers);
  });
});

describe('javaMajorVersion', () => {
  it.each<[string, number | null]>([
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17],
    ['openjdk version "25" 2025-09-16', 25],
    ['java version "1.8.0_292"', 8],
    ['spawn java ENOENT', null],
  ])('%j', (output, version) => {
    expect(javaMajorVersion(output)).toBe(version);
  });
});

describe('serverProperties', () => {
  const ports = { plaintext: 1, controller: 2, sasl: 3, tls: 4 };
  const settings = new Map(
    serverProperties(ports, '0.0.0.0')
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

  it('listens where it is told and sends clients to loopback', () => {
    expect(settings.get('listeners')).toMatch(/^PLAINTEXT:\/\/0\.0\.0\.0:1,/);
    expect(settings.get('advertised.listeners')).toBe('PLAINTEXT://127.0.0.1:1,SASL://127.0.0.1:3,TLS://127.0.0.1:4');
  });

  it('keeps the controller on loopback in any case', () => {
    expect(settings.get('listeners')).toMatch(/,CONTROLLER:\/\/127\.0\.0\.1:2$/);
  });

  it('has no setting for what it does not name', () => {
    expect([...settings].filter(([name, value]) => name === '' || value === '')).toEqual([]);
  });
});
