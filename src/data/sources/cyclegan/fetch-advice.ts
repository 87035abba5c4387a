import type { ProblemCode } from '../../../support/problem-codes.js';
import { ProblemError, type Problem } from '../../../support/problem.js';
import { entries, type ArchiveSpec, type LibraryRecord } from '../../library/library.js';
import { AUTHORS_SERVER, namedSet, type SetName } from './named-sets.js';

/** After these problems, another server may have the set. */
const DOWNLOAD_FAILURES: readonly ProblemCode[] = ['download-not-found', 'download-refused', 'download-failed'];

/** Adds advice to the problem of a named set that could not be fetched. @param mirror that was used, if any */
export async function withFetchAdvice(
  error: ProblemError,
  { sha256 }: ArchiveSpec,
  name: SetName,
  mirror: string | undefined,
): Promise<ProblemError> {
  const failed = error.problems.some(({ code }) => DOWNLOAD_FAILURES.includes(code));
  const other = failed ? await otherArchiveHint(name, sha256) : undefined;
  const [first, ...rest] = error.problems.map((problem) => withAdvice(problem, name, mirror, other));
  return new ProblemError(first!, ...rest);
}

/** The command that fetches a set again from its origin: the authors, a mirror, or a file. */
export function refetchCommand(name: SetName, { url, sha256 }: Pick<LibraryRecord, 'url' | 'sha256'>): string {
  const again = `runner data get ${name} --again`;
  const mirror = mirrorIn(name, url);
  if (mirror !== undefined) return mirror === AUTHORS_SERVER ? again : `${again} --mirror ${mirror}`;
  return sha256 === namedSet(name).sha256 ? again : `${again} --from FILE`;
}

function withAdvice(problem: Problem, name: SetName, mirror: string | undefined, other: string | undefined): Problem {
  const { remark } = namedSet(name);
  if ((problem.code === 'wrong-checksum' || problem.code === 'wrong-size') && mirror !== undefined) {
    const accept = `To accept this archive, set dataset.sha256 to its checksum, or put ${name}.zip.sha256 (as sha256sum writes it) beside it on the mirror.`;
    return { ...problem, cure: accept };
  }
  const elsewhere = 'RUNNER_DATA_MIRROR or dataset.mirror name another server; dataset.type: archive takes a file.';
  if (!DOWNLOAD_FAILURES.includes(problem.code)) return problem;
  return { ...problem, cure: [problem.cure, other ?? remark ?? elsewhere].filter(Boolean).join(' ') };
}

/** A hint to another archive that is cached under the set's name. */
async function otherArchiveHint(name: SetName, sha256: string | undefined): Promise<string | undefined> {
  const other = (await entries()).find(({ record }) => record.name === name && record.sha256 !== sha256)?.record;
  if (other === undefined) return undefined;
  const mirror = mirrorIn(name, other.url);
  const than = sha256 === namedSet(name).sha256 ? 'the authors’' : 'the one asked for';
  const use = [
    ...(mirror === undefined || mirror === AUTHORS_SERVER ? [] : [`--set dataset.mirror=${mirror}`]),
    `--set dataset.sha256=${other.sha256}`,
  ].join(' or ');
  return `The cache has a ${name} from ${mirror ?? other.url ?? 'a file'}, with another checksum than ${than}: use it with ${use}.`;
}

/** The server folder that a set was downloaded from, if the address ends with the set's name. */
function mirrorIn(name: SetName, url: string | null): string | undefined {
  const end = `/${name}.zip`;
  return url?.endsWith(end) === true ? url.slice(0, -end.length) : undefined;
}
