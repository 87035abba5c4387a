import type { DatasetComponent } from '../../../registry/kinds/dataset.js';
import { ARRANGE_OPTIONS, pairedByMethod, SPLIT_OPTIONS } from '../arranged/arrange-options.js';
import { checkPatterns, REQUIRED_PATTERNS, shardPatterns, type ShardOptions } from './shard-patterns.js';
import { shardsSource } from './shards-source.js';
import { webdatasetFormat } from './webdataset-format.js';

export interface WebdatasetOptions extends ShardOptions {
  readonly key: string | null;
}

/** Images in shards of WebDataset. */
export const webdataset: DatasetComponent<WebdatasetOptions> = {
  summary: 'Images in shards of WebDataset: tar archives of samples, which are not unpacked.',
  details:
    'A sample is the files with one name up to its first dot; the rest is their key: 0001.jpg, 0001.json. The image of a sample is the file whose key is an image’s extension, or the one that `key` names. ' +
    'Images are found by an index and read from the tar archives one by one. Patterns may have ranges, as in train-{0000..0123}.tar. The content of the shards counts.',
  schema: {
    properties: {
      ...shardPatterns('shards/trainA-{000..012}.tar'),
      key: {
        type: ['string', 'null'],
        minLength: 1,
        default: null,
        expected: 'a key such as jpg or input.png, or null',
        description: 'The key of the images in their samples; null: the one that is an image’s extension.',
      },
      ...SPLIT_OPTIONS,
      paired: ARRANGE_OPTIONS['paired']!,
    },
    required: REQUIRED_PATTERNS,
  },
  resolve: pairedByMethod,
  hasValidation: ({ valA }) => valA !== null,
  check: checkPatterns,
  create: ({ key, ...options }, site) => shardsSource(options, webdatasetFormat(key), site),
};
