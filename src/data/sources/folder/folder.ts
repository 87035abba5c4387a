import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SPLITS, type DatasetComponent, type SourceImage } from '../../../registry/kinds/dataset.js';
import { sha256 } from '../../../support/hash.js';
import { contentHashes } from '../content-hash.js';
import { surveyFolder } from './survey.js';

export interface FolderOptions {
  readonly path: string;
}

/** Pictures in the four folders of the CycleGAN sets. */
export const folder: DatasetComponent<FolderOptions> = {
  summary: 'Your own pictures: a folder with trainA, trainB, testA and testB in it.',
  details:
    'JPEG, PNG, WebP, TIFF, GIF and AVIF files of any size, in the layout of the CycleGAN data sets. Names decide the order; other files and hidden ones are ' +
    'passed over. The content of the pictures counts: change, add or remove one, and what was made from them is made again.',
  schema: {
    properties: {
      path: {
        type: 'string',
        format: 'path',
        minLength: 1,
        description: 'The folder that holds trainA, trainB, testA and testB; relative to the config file.',
      },
    },
    required: ['path'],
  },
  create({ path }, { limit, signal }) {
    const root = resolve(path);
    // One look serves identity and all four lists, so that they cannot disagree.
    let survey: ReturnType<typeof surveyFolder> | undefined;
    const files = async () => {
      const found = await (survey ??= surveyFolder(root));
      return (split: (typeof SPLITS)[number]) =>
        found[split].slice(0, limit ?? undefined).map((name) => `${split}/${name}`);
    };
    return {
      async identity() {
        const of = await files();
        const hashes = await contentHashes(root, SPLITS.flatMap(of), signal);
        const digest = (split: (typeof SPLITS)[number]) => {
          const content = of(split).map((name) => [name, hashes.get(name)!]);
          return [split, { count: content.length, sha256: sha256(content) }] as const;
        };
        return Object.fromEntries(SPLITS.map(digest));
      },
      async list(split): Promise<SourceImage[]> {
        const of = await files();
        return of(split).map((name) => ({ name, read: () => readFile(join(root, name)) }));
      },
    };
  },
};
