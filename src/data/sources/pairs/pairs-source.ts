import { resolve } from 'node:path';
import type { DatasetComponent, Domain, SourceImage, Split } from '../../../registry/kinds/dataset.js';
import { hashOfHalf, type Half } from '../../images/half.js';
import { arrange } from '../arranged/arrange.js';
import { SPLIT_OPTIONS } from '../arranged/arrange-options.js';
import type { SplitOptions } from '../arranged/split-by-content.js';
import { filesBelow } from '../files-below.js';
import { diskTree } from '../folder/disk-tree.js';
import { COMBINED_LAYOUT, findCombined } from './find-combined.js';

export interface PairsOptions extends SplitOptions {
  readonly path: string;
  readonly order: 'AB' | 'BA';
}

/** Pairs in the layout of the pix2pix data sets: one file per pair, its images side by side. */
export const pairs: DatasetComponent<PairsOptions> = {
  summary:
    'Pairs in the layout of the pix2pix data sets: a folder with train, and test or val; each image shows A and B side by side.',
  details:
    'The left half of each file is an image of A and the right half one of B, or the other way round (`order`). Of an odd width the right half is one pixel ' +
    'wider. Tests are the images of the folder test, or val where there is none; without both, a share of the training images. Beside test, the images of val are for validation. A test image’s true ' +
    'translation is its other half, so evaluation can say how right a translation is. The content of the files counts.',
  knowsTruth: true,
  schema: {
    properties: {
      path: {
        type: 'string',
        format: 'path',
        minLength: 1,
        description: 'The folder that holds train, and test or val; relative to the config file.',
      },
      order: {
        enum: ['AB', 'BA'],
        default: 'AB',
        description: 'The image on the left: A (AB) or B (BA).',
      },
      ...SPLIT_OPTIONS,
    },
    required: ['path'],
  },
  create({ path, order, ...split }, { limit, signal }) {
    const root = resolve(path);
    const files = filesBelow(root, signal);
    const tree = diskTree(root, 'dataset.path', signal, COMBINED_LAYOUT);
    const arranged = arrange(
      {
        label: 'dataset.path',
        find: () => findCombined(tree),
        ...files,
        // Each file is listed for both domains.
        hashes: (both) => files.hashes([...new Set(both)]),
      },
      split,
      limit,
    );
    const halves = {
      A: halver('A', order === 'AB' ? 'left' : 'right'),
      B: halver('B', order === 'AB' ? 'right' : 'left'),
    };
    const halfFor = (split: Split) => halves[split.endsWith('A') ? 'A' : 'B'];
    return {
      paired: true,
      identity: async () => ({ order, ...(await arranged.digest()) }),
      prepare: (work) => arranged.report(work),
      list: async (split) => (await arranged.list(split)).map(halfFor(split)),
      hasValidation: () => arranged.hasValidation(),
      validation: async (split) => (await arranged.validation(split)).map(halfFor(split)),
      spares: async (split) => (await arranged.spares(split))?.map(halfFor(split)),
      provenance: async () => ({ folder: root, order, ...(await arranged.provenance()) }),
    };
  },
};

/** Maps a file's image to a domain's half. The same file gives the same object, by which spares are identified. */
function halver(domain: Domain, half: Half): (whole: SourceImage) => SourceImage {
  const images = new Map<SourceImage, SourceImage>();
  return (whole) => {
    const { name, hash, file } = whole;
    const read = () => whole.read();
    const image = images.get(whole) ?? {
      name: `${name} (${domain})`,
      ...(hash !== undefined && { hash: hashOfHalf(hash, half) }),
      ...(file !== undefined && { file }),
      half,
      read,
      truth: read,
    };
    images.set(whole, image);
    return image;
  };
}
