import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { DatasetComponent, DatasetSite } from '../../../registry/kinds/dataset.js';
import { errorCode } from '../../../support/files.js';
import { ProblemError } from '../../../support/problem.js';
import { find, obtain, type ArchiveSpec } from '../../library/library.js';
import { urlFileName, urlIdentity, parseAddress } from '../../remote/address.js';
import { ARRANGE_OPTIONS, pairedByMethod, type ArrangeOptions } from '../arranged/arrange-options.js';
import { contentHashes } from '../content-hash.js';
import { SUBFOLDER } from './subfolder.js';
import { provenanceOf, unpackedSource } from './unpacked-source.js';

export interface ArchiveOptions extends ArrangeOptions {
  readonly path: string | null;
  readonly url: string | null;
  readonly sha256: string | null;
  readonly subfolder?: string | null;
}

/** Images in a zip, tar, tgz or tar.xz archive, local or remote. */
export const archive: DatasetComponent<ArchiveOptions> = {
  summary: 'Images in a zip, tar, tgz or tar.xz archive: a file of yours, or an address to download it from.',
  details:
    'The archive holds what a folder would (see dataset.folder), at the top or in a folder of it. It is unpacked once, into a cache that all your projects ' +
    'share: `runner data` lists what is there. A file counts by its content. A download counts by `sha256`; where that is not given, by its ' +
    'address, so give it if the address may come to serve something else.',
  schema: {
    properties: {
      path: {
        type: ['string', 'null'],
        format: 'path',
        minLength: 1,
        default: null,
        expected: 'a path, or null',
        description: 'The archive, a file; relative to the config file.',
      },
      url: {
        type: ['string', 'null'],
        pattern: '^https?://',
        expected: 'an address that begins with http:// or https://, or null',
        default: null,
        'x-not-fingerprinted': true,
        description: 'The archive, by its address.',
      },
      sha256: {
        type: ['string', 'null'],
        pattern: '^[0-9a-fA-F]{64}$',
        expected: 'a SHA-256 checksum (64 hexadecimal digits), or null',
        default: null,
        'x-not-fingerprinted': true,
        description:
          'The checksum that the archive must have. Of a download, the first one is recorded where none is given.',
      },
      subfolder: SUBFOLDER,
      ...ARRANGE_OPTIONS,
    },
  },
  resolve: pairedByMethod,
  check({ path, url }) {
    if ((path === null) !== (url === null)) return [];
    const message =
      path === null
        ? 'dataset.type: archive needs the archive: path (a file) or url (an address).'
        : 'The archive is given twice, as path and as url.';
    return [{ path: path === null ? [] : ['url'], message, cure: 'Give one of the two.' }];
  },
  create({ path, url, sha256, subfolder = null, ...arranging }, site) {
    const spec = once(() => (path === null ? remote(url!, sha256) : local(resolve(path), sha256, site)));
    const open = once(async () => {
      const entry = await find(await spec());
      if (entry === undefined) throw new Error(`${(await spec()).name} is listed before it is prepared`);
      const label = path === null ? 'dataset.url' : 'dataset.path';
      const again = `runner data remove ${entry.record.name}, then the same command as before`;
      return { entry, images: unpackedSource(entry, { subfolder, ...arranging }, site, { label, again }) };
    });
    // An archive's checksum does not say what is in it: a store made before may lack its validation images.
    const isUnpacked = async () => (await find(await spec())) !== undefined;
    return {
      paired: arranging.paired === true,
      hasValidation: async () => ((await isUnpacked()) ? (await open()).images.hasValidation() : undefined),
      async identity() {
        const { sha256: checksum, url: address } = await spec();
        // What is in it is not known yet: where it holds no split, one of pairs is another one.
        const paired = arranging.paired === true && { paired: true };
        return { archive: checksum ?? urlIdentity(address!), ...paired };
      },
      async prepare(work) {
        await obtain(await spec(), work, { lease: true });
        await (await open()).images.report(work);
      },
      list: async (split) => (await open()).images.list(split),
      validation: async (split) => (await open()).images.validation(split),
      spares: async (split) => (await open()).images.spares(split),
      async provenance() {
        const { entry, images } = await open();
        return { ...provenanceOf(entry), ...(path !== null && { file: path }), ...(await images.provenance()) };
      },
    };
  },
};

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= make());
}

function remote(url: string, sha256: string | null): Promise<ArchiveSpec> {
  const name = withoutEnding(urlFileName(parseAddress(url)));
  return Promise.resolve({ name, url, ...(sha256 !== null && { sha256: sha256.toLowerCase() }) });
}

/** A local file is identified by its content. */
async function local(file: string, sha256: string | null, { signal }: DatasetSite): Promise<ArchiveSpec> {
  await expectFile(file);
  const hashes = await contentHashes(file, [{ name: basename(file) }], () => file, signal);
  const index = hashes.indexOf(basename(file));
  if (index === undefined) throw unreadable(file);
  const found = hashes.column.get(index);
  if (sha256 === null || sha256.toLowerCase() === found)
    return { name: withoutEnding(basename(file)), file, sha256: found };
  throw new ProblemError({
    code: 'wrong-checksum',
    message: `dataset.sha256: ${file} has another checksum: ${found}.`,
    cure: 'Get the archive again, or correct dataset.sha256.',
  });
}

async function expectFile(file: string): Promise<void> {
  try {
    if ((await stat(file)).isFile()) return;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    if (errorCode(error) === 'EACCES') throw unreadable(file);
    const message = `dataset.path: there is no file ${file}.`;
    throw new ProblemError({
      code: 'missing-file',
      message,
      cure: 'Give the path of a zip, tar, tgz or tar.xz archive.',
    });
  }
  throw new ProblemError({
    code: 'not-a-file',
    message: `dataset.path: ${file} is a folder, not an archive.`,
    cure: 'Write dataset.type: folder.',
  });
}

function unreadable(file: string): ProblemError {
  const message = `dataset.path: ${file} cannot be read.`;
  return new ProblemError({ code: 'unreadable-file', message, cure: 'Check its permissions.' });
}

function withoutEnding(name: string): string {
  return name.replace(/\.(zip|tar|t[gx]z|tar\.[gx]z)$/i, '') || name;
}
