import { bundleAt, orThrow, proveAgainst } from '../app/versions.ts';
import { loadConfigOf } from './load-config.ts';

interface CheckModelOptions {
  readonly against?: string;
  readonly config?: string;
}

/** Says in one line that a bundle is sound; throws `FailureError` with what is wrong. */
export async function checkModel(folder: string, { against, config }: CheckModelOptions): Promise<void> {
  const { proof: limits } = loadConfigOf(config, process.env, []).model;
  const bundle = bundleAt(folder);
  const proof = await proveAgainst(bundle, {
    limits,
    ...(against === undefined ? {} : { against: bundleAt(against) }),
  });
  const { goldenRows, referenceRows } = orThrow(proof);
  const held = referenceRows === 0 ? 'no rows of another bundle' : `${referenceRows} rows of a proven bundle`;
  process.stdout.write(
    `${bundle.name} ${bundle.version} is sound: held against ${goldenRows} golden rows and ${held}.\n`,
  );
}
