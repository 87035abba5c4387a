import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { DatasetComponent } from '../../../registry/kinds/dataset.js';
import { errorCode } from '../../../support/files.js';
import { ProblemError } from '../../../support/problem.js';
import { arrange } from '../arranged/arrange.js';
import { ARRANGE_OPTIONS, pairedByMethod, type ArrangeOptions } from '../arranged/arrange-options.js';
import type { ImageFile } from '../arranged/image-files.js';
import { FileTally } from '../arranged/file-tally.js';
import { NOTHING_UNUSED } from '../arranged/unused-files.js';
import { filesBelow } from '../files-below.js';
import { expectAllFiles } from './missing-files.js';
import { readList, type Listed } from './read-list.js';

export interface ListOptions extends ArrangeOptions {
  readonly path: string;
  readonly root: string | null;
}

/** Images that a list names. */
export const list: DatasetComponent<ListOptions> = {
  summary: 'Your own images, wherever they are: a CSV or JSON file that names each.',
  details:
    'A CSV file has a header; a JSON lines file (.jsonl) an object a line; a JSON file an array of them. `file` is the image’s path; `split` says trainA, trainB, testA, testB, valA or valB; or `domain` ' +
    'says A or B, and `split`, where it is there, train, test or val (validation). Without test images, a share of each domain is kept for tests, chosen by a seed and the images’ content.',
  schema: {
    properties: {
      path: { type: 'string', format: 'path', minLength: 1, description: 'The list; relative to the config file.' },
      root: {
        type: ['string', 'null'],
        format: 'path',
        default: null,
        expected: 'a path, or null',
        description: 'The folder that paths in the list are relative to; by default the one that the list is in.',
      },
      ...ARRANGE_OPTIONS,
      domains: {
        ...ARRANGE_OPTIONS['domains']!,
        description: 'What the list calls the two domains, A first: [horse, zebra]. A and B are always known.',
      },
    },
    required: ['path'],
  },
  resolve: pairedByMethod,
  create({ path, root, domains, ...split }, { limit, signal }) {
    const file = resolve(path);
    const base = root === null ? dirname(file) : resolve(root);
    let read: Promise<Listed> | undefined;
    const listed = () => (read ??= textOf(file, signal).then((text) => readList(file, text, base, domains)));
    const files = filesBelow(base, signal);
    const arranged = arrange(
      {
        label: 'dataset.path',
        find: async () => ({ ...AS_LISTED, ...(await listed()).images }),
        async hashes(images: readonly ImageFile[]) {
          const hashes = await files.hashes(images);
          await expectAllFiles(file, base, images, hashes, (await listed()).places);
          return hashes;
        },
        read: files.read,
        path: files.path,
      },
      split,
      limit,
    );
    return {
      paired: split.paired === true,
      identity: () => arranged.digest(),
      async prepare(work) {
        const { passedOver } = await listed();
        if (passedOver === 0) return;
        const images = passedOver === 1 ? '1 image' : `${passedOver} images`;
        const text = `${images} of a validation split in ${file} ${passedOver === 1 ? 'is' : 'are'} passed over: such a split needs images of both domains, as valA and valB.`;
        work.note('warning', text);
      },
      list: (split) => arranged.list(split),
      hasValidation: () => arranged.hasValidation(),
      validation: (split) => arranged.validation(split),
      spares: (split) => arranged.spares(split),
      provenance: async () => ({ list: file, root: base, ...(await arranged.provenance()) }),
    };
  },
};

/** A list is used as it is: no layout is searched and no file is ignored. */
const AS_LISTED = { layout: 'a list', passedOver: new FileTally(), byContent: new FileTally(), unused: NOTHING_UNUSED };

async function textOf(file: string, signal?: AbortSignal): Promise<string> {
  try {
    return await readFile(file, { encoding: 'utf8', signal });
  } catch (error) {
    const message = { ENOENT: `there is no file ${file}.`, EISDIR: `${file} is a folder, not a list.` }[
      errorCode(error) ?? ''
    ];
    const reason = message ?? (errorCode(error) === 'EACCES' ? `no permission to read ${file}.` : undefined);
    if (reason === undefined) throw error;
    const cure = 'Give the path of a CSV or JSON file (dataset.type: folder takes a folder).';
    throw new ProblemError({ code: 'missing-file', message: `dataset.path: ${reason}`, cure });
  }
}
