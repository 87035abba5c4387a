import type { DatasetComponent } from '../../../registry/kinds/dataset.js';
import {
  checkEntries,
  checkPatterns,
  formatsOf,
  IN_ENTRY,
  pairedEntries,
  shardSchema,
  type InEntry,
  type ShardOptions,
} from './shard-patterns.js';
import { shardsSource } from './shards-source.js';
import { webdatasetFormat } from './webdataset-format.js';

export interface WebdatasetOptions extends ShardOptions {
  readonly key: InEntry | null;
}

/** Images in shards of WebDataset. */
export const webdataset: DatasetComponent<WebdatasetOptions> = {
  summary: 'Images in shards of WebDataset: tar archives of samples, which are not unpacked.',
  details:
    'A sample is the files with one name up to its first dot; the rest is their key: 0001.jpg, 0001.json. The image of a sample is the file whose key is an image’s extension, or the one that `key` names. ' +
    'Images are found by an index and read from the tar archives one by one. Patterns may have ranges, as in train-{0000..0123}.tar. The content of the shards counts.',
  schema: shardSchema('shards/trainA-{000..012}.tar', {
    key: {
      anyOf: [...IN_ENTRY, { type: 'null' }],
      default: null,
      expected: 'a key such as jpg or input.png, a list of two, or null',
      description:
        'The key of the images in their samples; null: the one that is an image’s extension. [input.png, target.png]: those of A and of B, if each sample holds a pair; trainA and trainB are then the same.',
    },
  }),
  resolve: (options, facts) => pairedEntries(options, options.key, facts),
  hasValidation: ({ valA }) => valA !== null,
  check: (options) => [...checkPatterns(options), ...checkEntries(options, options.key, 'key')],
  create({ key, ...options }, site) {
    return shardsSource(options, formatsOf<string | null>(key, webdatasetFormat), site);
  },
};
