import { featureColumn } from '../../features/catalogue.ts';
import { featureCount } from '../../features/extract.ts';
import type { Norms, PlatformSample } from '../../features/norms/norms.ts';
import type { BundleContents, OpenedBundle } from '../bundle.ts';
import { ModelInputs, undescribed } from '../model-inputs.ts';
import type { PlatformAccounts } from './proof.ts';
import { scoreRows } from './rows.ts';

/**
 * The accounts that a platform's norms keep, as a candidate takes them, with what a proven model says of them.
 * @param judge who is proven; null where nobody is. One that does not answer says nothing: it is not who is on trial.
 */
export async function platformAccounts(
  norms: Norms,
  sample: PlatformSample,
  candidate: Pick<BundleContents, 'columns' | 'ranks'>,
  judge: OpenedBundle | null,
): Promise<PlatformAccounts> {
  const events = catalogueRows(norms, sample);
  return {
    norms: norms.version,
    budget: norms.budget,
    days: sample.days,
    rows: sample.rows,
    features: inputsOf(candidate, norms, events),
    judged: judge === null ? null : await judgedBy(judge, norms, events),
  };
}

async function judgedBy(judge: OpenedBundle, norms: Norms, events: Float32Array): Promise<PlatformAccounts['judged']> {
  const { name, version, features } = judge.manifest;
  try {
    const scores = await scoreRows(judge.model, inputsOf(judge, norms, events), features.length);
    return { by: `${name} ${version}`, scores };
  } catch {
    return null;
  }
}

/** [rows × F] the events as a bundle takes them, its ranks by the platform's norms where these describe all of them. */
function inputsOf({ columns, ranks }: Pick<BundleContents, 'columns' | 'ranks'>, norms: Norms, events: Float32Array) {
  const used = undescribed(ranks.columns, columns, norms).length === 0 ? norms : ranks.norms;
  return new ModelInputs(columns, ranks.columns, used).pick(events, 0, events.length / featureCount);
}

/** [rows × featureCount] the values of a sample in the columns of the catalogue; NaN for a feature that the norms do not have. */
function catalogueRows({ features }: Norms, { values }: PlatformSample): Float32Array {
  const columns = features.map(({ name }) => featureColumn(name)!);
  const rows = new Float32Array((values.length / columns.length) * featureCount).fill(NaN);
  for (const [at, value] of values.entries()) {
    const row = Math.floor(at / columns.length);
    rows[row * featureCount + columns[at % columns.length]!] = value;
  }
  return rows;
}
