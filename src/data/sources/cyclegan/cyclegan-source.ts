import type { DatasetComponent, SourceWork } from '../../../registry/kinds/dataset.js';
import { formatBytes } from '../../../support/bytes.js';
import { ProblemError } from '../../../support/problem.js';
import { find, obtain, type ArchiveSpec, type LibraryEntry, type ObtainSettings } from '../../library/library.js';
import { provenanceOf, unpackedSource } from '../archive/unpacked-source.js';
import type { ArrangedSource } from '../arranged/arrange.js';
import { withFetchAdvice, refetchCommand } from './fetch-advice.js';
import { archiveOfSet, mirrorOf } from './archive-of-set.js';
import { AUTHORS_SERVER, namedSet, SET_NAMES, SETS, type SetName } from './named-sets.js';

export interface CycleganOptions {
  readonly name: SetName;
  readonly mirror: string | null;
  readonly sha256: string | null;
}

/** The data sets of the CycleGAN paper, by name. */
export const cyclegan: DatasetComponent<CycleganOptions> = {
  summary: 'A data set of the CycleGAN paper by its name: horse2zebra, monet2photo, maps... Downloaded once.',
  details:
    `${SET_NAMES.map(describe).join(', ')}. Fetched from the authors’ server (${AUTHORS_SERVER}) or a mirror, checked, and unpacked into a cache that ` +
    'all your projects share: `runner data` lists its content. A run depends on the name and the archive’s checksum, not on where it was downloaded from. ' +
    `cityscapes: ${SETS.cityscapes.remark}`,
  schema: {
    properties: {
      name: { enum: SET_NAMES, description: 'The data set.' },
      mirror: {
        type: ['string', 'null'],
        pattern: '^https?://',
        expected: 'an address that begins with http:// or https://, or null',
        default: null,
        'x-not-fingerprinted': true,
        description:
          'A web folder with NAME.zip, to download from instead of the authors’ server. By default RUNNER_DATA_MIRROR of the environment.',
      },
      sha256: {
        type: ['string', 'null'],
        pattern: '^[0-9a-fA-F]{64}$',
        expected: 'a SHA-256 checksum (64 hexadecimal digits), or null',
        default: null,
        'x-not-fingerprinted': true,
        description: 'The checksum that the archive must have, if it differs from the authors’ one.',
      },
    },
    required: ['name'],
  },
  check({ name, sha256 }, { pairing }) {
    // What another archive than the authors' holds is not known.
    if (pairing === 'unpaired' || namedSet(name).paired === true || sha256 !== null) return [];
    const paired = SET_NAMES.filter((each) => namedSet(each).paired === true).join(', ');
    const message = `The method needs pairs, and ${name} has none.`;
    const cure = `Take a set of pairs (${paired}), or a method that needs none (method: cyclegan).`;
    return [{ path: ['name'], against: 'pairing', message, cure }];
  },
  create({ name, ...origin }, site) {
    let archive: Promise<ArchiveSpec> | undefined;
    const spec = () => (archive ??= archiveOfSet(name, { ...origin, signal: site.signal }));
    let opened: Promise<{ entry: LibraryEntry; images: ArrangedSource }> | undefined;
    const open = () =>
      (opened ??= spec()
        .then(findSet)
        .then((entry) => ({ entry, images: imagesOf(entry) })));
    const imagesOf = (entry: LibraryEntry) =>
      unpackedSource(entry, { domains: null, test_share: 0.1, split_seed: 0 }, site, {
        label: `dataset.name (${name})`,
        again: refetchCommand(name, entry.record),
      });
    return {
      paired: namedSet(name).paired === true,
      hasValidation: async () =>
        (await find(await spec())) === undefined ? undefined : (await open()).images.hasValidation(),
      identity: async () => ({ set: name, sha256: (await spec()).sha256! }),
      async prepare(work) {
        await fetchSet(await spec(), name, origin.mirror, work, { lease: true });
        await (await open()).images.report(work);
      },
      list: async (split) => (await open()).images.list(split),
      validation: async (split) => (await open()).images.validation(split),
      spares: async (split) => (await open()).images.spares(split),
      async provenance() {
        const { entry, images } = await open();
        const { a, b } = namedSet(name);
        return { set: name, A: a, B: b, ...provenanceOf(entry), ...(await images.provenance()) };
      },
    };
  },
};

/** @throws ProblemError when the set is not in the cache: the caller must call `prepare` first */
async function findSet(spec: ArchiveSpec): Promise<LibraryEntry> {
  const entry = await find(spec);
  if (entry !== undefined) return entry;
  throw new ProblemError({
    code: 'missing-data',
    message: `${spec.name} is not in the cache.`,
    cure: `To get it: runner data get ${spec.name}.`,
  });
}

/**
 * Returns the files of a named set, and downloads them first if they are not cached.
 *
 * @param settings `again` downloads them even if they are cached, `lease` protects them until this process ends
 * @throws ProblemError whose cure says how a mirror's own archive is accepted
 */
export async function fetchSet(
  spec: ArchiveSpec,
  name: SetName,
  mirror: string | null | undefined,
  work: SourceWork,
  settings: Partial<Pick<ObtainSettings, 'again' | 'lease'>> = {},
): Promise<LibraryEntry> {
  try {
    return await obtain(spec, work, settings);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const advised = await withFetchAdvice(error, spec, name, mirrorOf(mirror));
    throw mirror == null ? advised : aboutMirror(advised);
  }
}

/** Attributes the problems to the option `dataset.mirror`. */
function aboutMirror({ problems }: ProblemError): ProblemError {
  const [first, ...others] = problems.map((problem) => ({ option: ['dataset', 'mirror'], ...problem }));
  return new ProblemError(first!, ...others);
}

/** `horse2zebra (horses, zebras; 117 MB)` */
function describe(name: SetName): string {
  const { a, b, bytes } = namedSet(name);
  return `${name} (${a}, ${b}; ${formatBytes(bytes)})`;
}
