import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasExternalData } from '../../../../src/adapters/onnx/external-data.ts';
import { onnxRuntime } from '../../../../src/adapters/onnx/runtime.ts';
import { field, message } from './onnx-file.ts';

const inFile = message(field(1, 4), field(8, Buffer.from('weights')), field(13, Buffer.from('location')), field(14, 1));
const located = message(field(8, Buffer.from('weights')), field(14, 1));
const raw = message(field(8, Buffer.from('weights')), field(9, Buffer.alloc(300)), field(14, 0));

const graph = (...fields: Buffer[]): Buffer => message(field(1, 8), field(7, message(...fields)));
const attribute = (content: Buffer): Buffer => field(1, field(5, content));

describe('hasExternalData', () => {
  it.each<readonly [string, Buffer]>([
    ['an initializer', graph(field(5, inFile))],
    ['an initializer that only says so', graph(field(5, located))],
    ['the second initializer', graph(field(5, raw), field(5, inFile))],
    ['a sparse initializer', graph(field(15, field(1, inFile)))],
    ['the constant of a node', graph(attribute(field(5, inFile)))],
    ['a list of constants', graph(attribute(field(10, inFile)))],
    ['a branch of a condition', graph(attribute(field(6, field(5, inFile))))],
    ['a function of the model', field(25, field(7, field(5, field(5, inFile))))],
  ])('sees data in another file in %s', (_, model) => {
    expect(hasExternalData(model)).toBe(true);
  });

  it('finds none in a model that holds its own', () => {
    expect(hasExternalData(graph(field(5, raw), attribute(field(5, raw))))).toBe(false);
  });

  it('takes names and texts for what they are, whatever bytes they have', () => {
    const text = field(5, inFile);
    expect(hasExternalData(message(field(2, text), field(7, message(field(2, text), field(10, text)))))).toBe(false);
  });

  it('refuses bytes that are no model, and never reads past their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(typeof hasExternalData(bytes)).toBe('boolean');
        } catch (error) {
          expect((error as Error).message).toMatch(/no ONNX file|nested/);
        }
      }),
    );
  });

  it('refuses a graph in a graph in a graph without end', () => {
    let nested = message(field(5, raw));
    for (let depth = 0; depth < 100; depth++) nested = attribute(field(6, nested));
    expect(() => hasExternalData(field(7, nested))).toThrow(/nested/);
  });
});

it('the runtime refuses a model whose weights lie in another file, wherever that is', async () => {
  await expect(onnxRuntime.load(graph(field(5, inFile)), null)).rejects.toThrow(/another file/);
});
