import { hash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { folderReader } from '../../adapters/file/reader.ts';
import type { Archive, ArchivedDocument } from '../../archive/archive.ts';
import { limits } from '../../domain/limits.ts';
import { parseManifest } from '../../scoring/bundle-files.ts';

/** The files that decisions are made with. */
export interface DocumentPlaces {
  readonly policyFile?: string | undefined;
  readonly normsFile?: string | undefined;
  /** Folders of bundles, `…/<name>/<version>`. */
  readonly bundles: readonly string[];
}

/**
 * Keeps the documents that decisions name by their hash: the policy, norms (those of a bundle too), and the manifests of bundles, each under the
 * hash of its `model.onnx`. What is not there or cannot be read is passed over, and its path returned: who decides with it tells more.
 */
export async function keepDocuments(archive: Archive, places: DocumentPlaces): Promise<readonly string[]> {
  const { policyFile, normsFile, bundles } = places;
  const unread: string[] = [];
  const keep = async (path: string, bytesMax: number, of: (bytes: Uint8Array) => ArchivedDocument | undefined) => {
    const bytes = await folderReader(dirname(path))
      .read(basename(path), bytesMax)
      .catch(() => undefined);
    const document = bytes && of(bytes);
    if (document === undefined) unread.push(path);
    else await archive.keepDocument(document);
  };
  if (policyFile !== undefined)
    await keep(policyFile, limits.policyBytesMax, (bytes) => ({
      kind: 'policy',
      sha256: hash('sha256', bytes),
      bytes,
    }));
  if (normsFile !== undefined) await keep(normsFile, limits.normsBytesMax, norms);
  for (const bundle of bundles) {
    const manifestFile = join(bundle, 'manifest.json');
    let hasNorms = false;
    await keep(manifestFile, limits.bundleFileBytesMax, (bytes) => {
      const manifest = parseManifest(bytes, manifestFile);
      if (!manifest.ok) return undefined;
      hasNorms = manifest.value.files['norms.json'] !== undefined;
      return { kind: 'manifest', sha256: manifest.value.files['model.onnx'].sha256, bytes };
    });
    if (hasNorms) await keep(join(bundle, 'norms.json'), limits.normsBytesMax, norms);
  }
  return unread;
}

function norms(bytes: Uint8Array): ArchivedDocument {
  return { kind: 'norms', sha256: hash('sha256', bytes), bytes };
}
