import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import loadCompiler from 'wabt';

/**
 * Makes the WebAssembly module that walks trees of its text: `node tools/compile-kernel.ts`. The module is in the repository, so that
 * the program needs no compiler; a test fails while the two differ.
 */
const folder = new URL('../src/adapters/onnx/trees/', import.meta.url);
export const kernelFile = new URL('kernel.wasm', folder);

/** The bytes of kernel.wasm, made anew. */
export async function compileKernel(): Promise<Uint8Array> {
  const compiler = await loadCompiler();
  const module = compiler.parseWat('kernel.wat', readFileSync(new URL('kernel.wat', folder), 'utf8'), {
    simd: true,
    bulk_memory: true,
  });
  try {
    module.validate();
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(kernelFile, await compileKernel());
