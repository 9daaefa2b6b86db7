import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compiledModules } from '../../tools/compile-wasm.ts';

const modules = await compiledModules();

it.each(modules.map(({ place, content }) => ({ name: place.pathname.split('/').at(-1)!, place, content })))(
  '$name is what its text says',
  ({ place, content }) => {
    expect(Buffer.from(content).equals(readFileSync(place))).toBe(true);
  },
);
