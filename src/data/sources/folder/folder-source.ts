import { resolve } from 'node:path';
import type { DatasetComponent } from '../../../registry/kinds/dataset.js';
import { arrange } from '../arranged/arrange.js';
import { findImages } from '../arranged/find-images.js';
import { ARRANGE_OPTIONS, pairedByMethod, type ArrangeOptions } from '../arranged/arrange-options.js';
import { filesBelow } from '../files-below.js';
import { diskTree } from './disk-tree.js';

export interface FolderOptions extends ArrangeOptions {
  readonly path: string;
}

/** Images in folders: those of the CycleGAN data sets, or a folder for each domain. */
export const folder: DatasetComponent<FolderOptions> = {
  summary: 'Your own images: a folder with trainA, trainB, testA and testB in it, or one for each domain.',
  details:
    'JPEG, PNG, WebP, TIFF, GIF, AVIF, BMP and PNM files of any size, in folders of folders if need be. Laid out as trainA, trainB, testA, testB; as train/A, ' +
    'train/B, test/A, test/B; as A/train, A/test, B/train, B/test; or as A and B. `domains` gives A and B other names. Without test folders, a share of each ' +
    'domain is kept for tests, chosen by a seed and the images’ content. Folders with val instead of train hold images for validation. Images are ordered by name, and recognised by their content where the extension is not that of an image. Hidden files and other files are passed over; the latter are reported. ' +
    'The content of the images counts: change, add or remove one, and the results that depend on it are computed again.',
  schema: {
    properties: {
      path: {
        type: 'string',
        format: 'path',
        minLength: 1,
        description: 'The folder with the folders of images; relative to the config file.',
      },
      ...ARRANGE_OPTIONS,
    },
    required: ['path'],
  },
  resolve: pairedByMethod,
  create({ path, domains, ...split }, { limit, signal }) {
    const root = resolve(path);
    const label = 'dataset.path';
    const find = () => findImages(diskTree(root, label, signal), domains);
    const arranged = arrange({ label, find, ...filesBelow(root, signal) }, split, limit);
    return {
      paired: split.paired === true,
      identity: () => arranged.digest(),
      prepare: (work) => arranged.report(work),
      list: (split) => arranged.list(split),
      hasValidation: () => arranged.hasValidation(),
      validation: (split) => arranged.validation(split),
      spares: (split) => arranged.spares(split),
      provenance: async () => ({ folder: root, ...(await arranged.provenance()) }),
    };
  },
};
