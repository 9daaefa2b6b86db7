import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import loadCompiler from 'wabt';

/**
 * Makes the WebAssembly modules of their texts: `node tools/compile-wasm.ts`. The modules are in the repository, so that the program
 * needs no compiler; a test fails while they differ from their texts.
 */
const source = new URL('../src/', import.meta.url);

/** The files that are made, below `src/`, each with its text and how the module is written into it. */
const modules: readonly {
  readonly text: string;
  readonly file: string;
  readonly write: (module: Uint8Array) => Uint8Array;
}[] = [
  { text: 'adapters/onnx/trees/kernel.wat', file: 'adapters/onnx/trees/kernel.wasm', write: (module) => module },
  {
    text: 'features/entity-key.wat',
    file: 'features/entity-key-module.ts',
    write: asSource('entity-key.wat', 'entityKeyModule'),
  },
  {
    text: 'features/norms/ranks.wat',
    file: 'features/norms/ranks-module.ts',
    write: asSource('ranks.wat', 'ranksModule'),
  },
];

/** Content of each file that is made, by its place. */
export async function compiledModules(): Promise<readonly { readonly place: URL; readonly content: Uint8Array }[]> {
  const compiler = await loadCompiler();
  return modules.map(({ text, file, write }) => {
    const module = compiler.parseWat(text, readFileSync(new URL(text, source), 'utf8'), {
      simd: true,
      bulk_memory: true,
    });
    try {
      module.validate();
      return { place: new URL(file, source), content: write(module.toBinary({}).buffer) };
    } finally {
      module.destroy();
    }
  });
}

/** For rooms that read no files: the module as text, in lines that the formatter leaves alone. */
function asSource(text: string, name: string): (module: Uint8Array) => Uint8Array {
  return (module) => {
    const lines =
      Buffer.from(module)
        .toString('base64')
        .match(/.{1,104}/g) ?? [];
    return Buffer.from(
      [
        `/** Made of ${text} by \`npm run generate\`. */`,
        `export const ${name} = [`,
        ...lines.map((line) => `  '${line}',`),
        "].join('');",
        '',
      ].join('\n'),
    );
  };
}

if (argv[1] === fileURLToPath(import.meta.url))
  for (const { place, content } of await compiledModules()) writeFileSync(place, content);
