import { bundleAt, loadNormsFile, normsAt, orThrow, proveAgainst } from '../app/versions.ts';
import { loadConfigOf } from './load-config.ts';

/** The options of `winnow model check`. */
export interface CheckModelOptions {
  readonly against?: string;
  /** What is usual on the platform; those of the configuration unless given. */
  readonly norms?: string;
  readonly config?: string;
}

/** Says in one line that a bundle is sound; throws `FailureError` with what is wrong. */
export async function checkModel(folder: string, { against, norms, config }: CheckModelOptions): Promise<void> {
  const settings = loadConfigOf(config, process.env, []);
  const bundle = bundleAt(folder);
  const proof = await proveAgainst(bundle, {
    limits: settings.model.proof,
    norms: norms === undefined ? await normsAt(settings.norms.file) : await namedNorms(norms),
    ...(against === undefined ? {} : { against: bundleAt(against) }),
  });
  const { goldenRows, referenceRows, referenceOf, platformAccounts } = orThrow(proof);
  const rows = referenceOf === null ? 'no rows of another bundle' : `${referenceRows} rows of ${referenceOf}`;
  const accounts = platformAccounts === 0 ? '' : `, its blocks of ${platformAccounts} accounts against the budget`;
  process.stdout.write(
    `${bundle.name} ${bundle.version} is sound: held against ${goldenRows} golden rows and ${rows}${accounts}.\n`,
  );
}

/** A file that somebody names has to be one. */
async function namedNorms(file: string) {
  const { sha256 } = orThrow(await loadNormsFile(file));
  return { file, sha256 };
}
