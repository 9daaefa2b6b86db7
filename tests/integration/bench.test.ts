import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { run } from '../servers/process.ts';
import { nodesVariable, requireValkey } from '../servers/valkey.ts';

/** The bench with next to nothing to measure: that all its rows are there. The figures are not looked at. */

const script = fileURLToPath(new URL('../../load-tests/bench/main.ts', import.meta.url));
/** Far beyond the half minute that it takes: in `npm test` it yields to those that wait for servers. */
const runMsMax = 1_500_000;
const nextToNothing = [
  '--events',
  '300',
  '--accounts',
  '100',
  // A platform of fewer has no full batch left in its partitions, once the store is filled.
  '--entities',
  '8000',
  '--rounds',
  '1',
  '--measured',
  '256',
  '--observed',
  '256',
  '--json',
];

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly isMet: boolean | null;
}

it('the bench measures the steps, the embedded store and Valkey', async (context) => {
  const server = await requireValkey(context);
  try {
    const command = [`${nodesVariable}=${server.nodes.join(',')}`, process.execPath, script, ...nextToNothing];
    const { code, stdout, stderr } = await run('env', command, { timeoutMs: runMsMax });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { sections } = JSON.parse(stdout) as { sections: readonly { readonly rows: readonly Figure[] }[] };
    const [platform] = sections;
    expect(platform!.rows.map(({ name }) => name)).toEqual([
      'whole path',
      'whole path',
      expect.stringContaining('features') as string,
      'history',
      'garbage',
      'entities that had to go',
      expect.stringContaining('small stream') as string,
    ]);
    for (const { name, value } of platform!.rows)
      if (name !== 'entities that had to go') expect(value).toBeGreaterThan(0);
    const aimed = sections.map(({ rows }) => rows.filter(({ isMet }) => isMet !== null));
    expect(aimed.map((rows) => rows.map(({ name }) => name))).toEqual([
      [],
      ['extract', 'ranks (139 features)'],
      ['observe', 'records, blocks and buckets', 'process, resident'],
      ['observe: client CPU', 'observe: throughput of a Valkey core', 'round trip of a batch, 99th percentile'],
      ['observe: client CPU', 'observe: throughput of a Valkey core'],
    ]);
    for (const { value } of aimed.flat()) expect(value).toBeGreaterThan(0);
  } finally {
    await server.stop();
  }
});

it('swaps of the champion under load lose and double nothing, in the short form of their proof', async () => {
  const swapsScript = fileURLToPath(new URL('../../load-tests/bench/swaps.ts', import.meta.url));
  const { code, stdout, stderr } = await run(process.execPath, [swapsScript, '--swaps', '4'], { timeoutMs: runMsMax });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/events lost, decided twice, or by two models in a batch +0\n/);
});
