import { ProblemError } from '../../../support/problem.js';
import { find, type ArchiveSpec } from '../../library/library.js';
import { displayUrl } from '../../remote/address.js';
import { rememberedChecksum, servedChecksum } from './mirror.js';
import { AUTHORS_SERVER, namedSet, type SetName } from './named-sets.js';

export interface ArchiveOrigin {
  /** Web folder with NAME.zip, instead of the authors' server; by default RUNNER_DATA_MIRROR of the environment. */
  readonly mirror?: string | null;
  /** Checksum of the archive, where it differs from the authors' one. */
  readonly sha256?: string | null;
  readonly signal?: AbortSignal;
}

/**
 * The archive of a named set: its address and expected checksum. The checksum is the given one; else, for a mirror, that in NAME.zip.sha256
 * beside the archive; else the authors' one. The mirror is contacted only when the cache has no matching archive.
 */
export async function archiveOfSet(name: SetName, { mirror, sha256, signal }: ArchiveOrigin): Promise<ArchiveSpec> {
  const { sha256: known, bytes } = namedSet(name);
  const base = mirrorOf(mirror);
  const url = `${base ?? AUTHORS_SERVER}/${name}.zip`;
  const spec = (expected: string) => ({ name, url, sha256: expected, ...(expected === known && { bytes }) });
  if (sha256) return spec(sha256.toLowerCase());
  if (base === undefined) return spec(known);

  const remembered = await rememberedChecksum(url);
  for (const checksum of [remembered, known]) {
    if (checksum !== undefined && (await find(spec(checksum))) !== undefined) return spec(checksum);
  }
  return spec((await servedChecksum(url, signal)) ?? remembered ?? known);
}

/**
 * The address of the configured mirror, without a trailing slash.
 *
 * @throws ProblemError when RUNNER_DATA_MIRROR is not an http(s) address
 */
export function mirrorOf(option: string | null | undefined): string | undefined {
  const mirror = option ?? process.env['RUNNER_DATA_MIRROR']?.trim() ?? '';
  if (mirror === '') return undefined;
  if (/^https?:\/\//.test(mirror)) return mirror.replace(/\/+$/, '');
  throw new ProblemError({
    code: 'bad-address',
    // The mistake is in the environment, not in the config.
    option: [],
    message: `RUNNER_DATA_MIRROR must be the address of a web folder that holds NAME.zip; found ${JSON.stringify(displayUrl(mirror))}.`,
    cure: 'Write RUNNER_DATA_MIRROR=https://..., or unset it. For an archive on this machine: runner data get NAME --from FILE.',
  });
}
