import type { DatasetComponent } from '../../../registry/kinds/dataset.js';
import {
  checkEntries,
  checkPatterns,
  formatsOf,
  IN_ENTRY,
  isPair,
  pairedEntries,
  shardSchema,
  type InEntry,
  type ShardOptions,
} from './shard-patterns.js';
import { shardsSource } from './shards-source.js';
import { tfrecordFormat } from './tfrecord-format.js';

export interface TfrecordOptions extends ShardOptions {
  readonly feature: InEntry;
}

/** Images in TFRecord files. */
export const tfrecord: DatasetComponent<TfrecordOptions> = {
  summary: 'Images in TFRecord files, as TensorFlow and TensorFlow Datasets write them.',
  details:
    'Each record is a tf.train.Example with an encoded image (JPEG, PNG...) in one of its features. Records are found by an index and read one by one, each checked by its checksum; files compressed as a whole ' +
    'are refused. Records have no names: only the two images of one record can be a pair. The content of the files counts.',
  schema: shardSchema('data/*-trainA.tfrecord*', {
    feature: {
      anyOf: IN_ENTRY,
      default: 'image',
      expected: 'the name of a feature, or a list of two',
      description:
        'The feature that holds the encoded image; image is that of TensorFlow Datasets. [input, target]: those of A and of B, if each record holds a pair; trainA and trainB are then the same.',
    },
  }),
  resolve: (options, facts) => pairedEntries(options, options.feature, facts),
  hasValidation: ({ valA }) => valA !== null,
  check(options, { pairing }) {
    const message = 'Pairs are matched by name, and records of TFRecord files have no names.';
    const cure =
      'If each record holds a pair, name both: dataset.feature: [input, target]. Else write the images as files, or as shards of WebDataset.';
    const nameless = options.paired === true && !isPair(options.feature);
    return [
      ...checkPatterns(options),
      ...checkEntries(options, options.feature, 'feature'),
      ...(nameless && pairing === 'paired' ? [{ path: [], against: 'pairing' as const, message, cure }] : []),
      ...(nameless && pairing !== 'paired' ? [{ path: ['paired'], message, cure }] : []),
    ];
  },
  create({ feature, ...options }, site) {
    return shardsSource(options, formatsOf(feature, tfrecordFormat), site);
  },
};
