import type { DatasetSite, DatasetSource, Split } from '../../../registry/kinds/dataset.js';
import { arrange } from '../arranged/arrange.js';
import { FileTally } from '../arranged/file-tally.js';
import type { FoundImages } from '../arranged/find-images.js';
import { NOTHING_UNUSED } from '../arranged/unused-files.js';
import { ContentHashes } from '../content-hashes.js';
import type { ShardFormats } from './shard-format.js';
import { hashImages, indexShards, type ShardImage, type ShardImages } from './shard-index.js';
import type { ShardOptions } from './shard-patterns.js';
import { findShards, shardsIdentity, type SplitShards } from './split-shards.js';

/**
 * Images in shards: files that hold many encoded images each. The shards are identified by their names and contents, indexed when the
 * images are prepared, and their images read one by one.
 *
 * @param formats of the shards of each domain
 */
export function shardsSource(
  options: ShardOptions,
  formats: ShardFormats,
  { limit, signal }: Pick<DatasetSite, 'limit' | 'signal'>,
): DatasetSource {
  let onShard: (done: number) => void = () => undefined;
  let found: Promise<SplitShards> | undefined;
  let indexed: Promise<ShardImages> | undefined;
  const shards = () => (found ??= findShards(options));
  const images = () =>
    (indexed ??= shards().then((all) => indexShards(all, formats, { signal, onShard: (done) => onShard(done) })));
  const { called } = formats.A;
  const arranged = arrange(
    {
      label: 'dataset.trainA',
      find: async () => inParts(await images(), called),
      hashes: (all) => {
        // All would have to be read: only a draw by their content needs that.
        if (options.testA !== null) return Promise.resolve(new ContentHashes());
        return hashImages(all as readonly ShardImage[], signal);
      },
      read: (image) => (image as ShardImage).read(),
    },
    options,
    limit,
  );
  return {
    paired: options.paired === true,
    identity: async () => shardsIdentity(await shards(), signal),
    hasValidation: () => Promise.resolve(options.valA !== null),
    async prepare(work) {
      const total = [...(await shards()).values()].reduce((sum, { length }) => sum + length, 0);
      onShard = (done) => work.progress({ phase: `indexing ${called}`, unit: 'files', done, total });
      await images();
      await arranged.report(work);
    },
    list: (split) => arranged.list(split),
    validation: (split) => arranged.validation(split),
    spares: (split) => arranged.spares(split),
    async provenance() {
      const files = [...(await shards())].map(([split, all]) => [split, all.map(({ name }) => name)] as const);
      return { ...(await arranged.provenance()), shards: Object.fromEntries(files) };
    },
  };
}

/** The images as a source of files has them. */
function inParts(images: ShardImages, called: string): FoundImages {
  const of = (split: Split) => images.get(split)!;
  const common = {
    layout: called,
    passedOver: new FileTally(),
    byContent: new FileTally(),
    unused: NOTHING_UNUSED,
    ...(images.has('valA') && { validation: { A: of('valA'), B: of('valB') } }),
  };
  if (!images.has('testA')) return { ...common, domains: { A: of('trainA'), B: of('trainB') } };
  const splits = { trainA: of('trainA'), trainB: of('trainB'), testA: of('testA'), testB: of('testB') };
  return { ...common, splits };
}
