import type { DatasetComponent } from '../../../registry/kinds/dataset.js';
import { SPLIT_OPTIONS } from '../arranged/arrange-options.js';
import { checkPatterns, REQUIRED_PATTERNS, shardPatterns, type ShardOptions } from './shard-patterns.js';
import { shardsSource } from './shards-source.js';
import { tfrecordFormat } from './tfrecord-format.js';

export interface TfrecordOptions extends ShardOptions {
  readonly feature: string;
}

/** Images in TFRecord files. */
export const tfrecord: DatasetComponent<TfrecordOptions> = {
  summary: 'Images in TFRecord files, as TensorFlow and TensorFlow Datasets write them.',
  details:
    'Each record is a tf.train.Example with an encoded image (JPEG, PNG...) in one of its features. Records are found by an index and read one by one, each checked by its checksum; files compressed as a whole ' +
    'are refused. Records have no names, so they cannot be pairs. The content of the files counts.',
  schema: {
    properties: {
      ...shardPatterns('data/*-trainA.tfrecord*'),
      feature: {
        type: 'string',
        minLength: 1,
        default: 'image',
        description: 'The feature that holds the encoded image; image is that of TensorFlow Datasets.',
      },
      ...SPLIT_OPTIONS,
    },
    required: REQUIRED_PATTERNS,
  },
  hasValidation: ({ valA }) => valA !== null,
  check(options, { pairing }) {
    const message = 'The method needs pairs, which are matched by name, and records of TFRecord files have no names.';
    const cure = 'Write the images as files (dataset.type: folder), or as shards of WebDataset.';
    return [
      ...checkPatterns(options),
      ...(pairing === 'paired' ? [{ path: [], against: 'pairing' as const, message, cure }] : []),
    ];
  },
  create: ({ feature, ...options }, site) => shardsSource(options, tfrecordFormat(feature), site),
};
