import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ProofMemory, type Proving } from '../../../src/app/proof/proof-memory.ts';
import { defaultProofLimits } from '../../../src/app/proof/prove-bundle.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';

const pathOf = temporaryFolder();
const secret = '0123456789abcdef0123456789abcdef';
const proving: Proving = {
  manifestSha256: 'a'.repeat(64),
  againstSha256: 'b'.repeat(64),
  normsSha256: null,
  orderedShareMin: 0.25,
  limits: defaultProofLimits,
};

describe('what was proven before', () => {
  it('is known to another start, and nothing else is', async () => {
    const file = pathOf('known.json');
    expect(await new ProofMemory(file, secret).holds(proving)).toBe(false);
    await new ProofMemory(file, secret).keep(proving);
    expect(await new ProofMemory(file, secret).holds(proving)).toBe(true);

    const { limits } = proving;
    const others: readonly Partial<Proving>[] = [
      { manifestSha256: 'c'.repeat(64) },
      { againstSha256: 'c'.repeat(64) },
      { againstSha256: null },
      { normsSha256: 'b'.repeat(64) },
      { orderedShareMin: 0.6 },
      ...Object.keys(limits).map((name) => ({ limits: { ...limits, [name]: 1 } })),
    ];
    const memory = new ProofMemory(file, secret);
    expect(await Promise.all(others.map((other) => memory.holds({ ...proving, ...other })))).toEqual(
      others.map(() => false),
    );
  });

  it('is not believed of a file that somebody wrote who does not know the secret', async () => {
    const file = pathOf('forged.json');
    await new ProofMemory(file, 'f'.repeat(32)).keep(proving);
    expect(await new ProofMemory(file, secret).holds(proving)).toBe(false);
  });

  it('is forgotten where the file is none of ours, and where it can be neither read nor written', async () => {
    const file = pathOf('odd.json');
    writeFileSync(`${file}.proven`, Buffer.alloc(1_000_000, 'a'));
    const memory = new ProofMemory(file, secret);
    expect(await memory.holds(proving)).toBe(false);
    await memory.keep(proving);
    expect(await memory.holds(proving)).toBe(true);

    const nowhere = new ProofMemory(pathOf('no-such-folder/deployment.json'), secret);
    await nowhere.keep(proving);
    expect(await nowhere.holds(proving)).toBe(false);
  });

  it('is kept within bounds: the oldest goes', async () => {
    const file = pathOf('many.json');
    const memory = new ProofMemory(file, secret);
    for (let number = 0; number < 40; number++) await memory.keep(numbered(number));
    await memory.keep(numbered(39));
    expect(readFileSync(`${file}.proven`, 'latin1').trimEnd().split('\n')).toHaveLength(32);
    expect(await memory.holds(numbered(7))).toBe(false);
    expect(await memory.holds(numbered(8))).toBe(true);
    expect(await memory.holds(numbered(39))).toBe(true);
  });
});

function numbered(number: number): Proving {
  return { ...proving, manifestSha256: String(number) };
}
