import type { ProblemCode } from '../../../support/problem-codes.js';
import { ProblemError, type Problem } from '../../../support/problem.js';
import { entries, type ArchiveSpec, type LibraryRecord } from '../../library/library.js';
import { AUTHORS_SERVER, namedSet, type SetName } from './named-sets.js';

/** Another place to download from may have the set after these. */
const DOWNLOAD_FAILURES: readonly ProblemCode[] = ['download-not-found', 'download-refused', 'download-failed'];

/** Why a named set could not be fetched, with what to do about it. @param mirror that was asked, if any */
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

/** What gets a set again from where it came from: the authors, a mirror, or a file. */
export function refetchCommand(name: SetName, { url, sha256 }: Pick<LibraryRecord, 'url' | 'sha256'>): string {
  const again = `runner data get ${name} --again`;
  const mirror = mirrorIn(name, url);
  if (mirror !== undefined) return mirror === AUTHORS_SERVER ? again : `${again} --mirror ${mirror}`;
  return sha256 === namedSet(name).sha256 ? again : `${again} --from FILE`;
}

function withAdvice(problem: Problem, name: SetName, mirror: string | undefined, other: string | undefined): Problem {
  const { remark } = namedSet(name);
  if ((problem.code === 'wrong-checksum' || problem.code === 'wrong-size') && mirror !== undefined) {
    const accept = `If this archive is meant: set dataset.sha256 to its checksum, or put ${name}.zip.sha256 (what sha256sum writes) beside it on the mirror.`;
    return { ...problem, cure: accept };
  }
  const elsewhere = 'RUNNER_DATA_MIRROR or dataset.mirror name another server; dataset.type: archive takes a file.';
  if (!DOWNLOAD_FAILURES.includes(problem.code)) return problem;
  return { ...problem, cure: [problem.cure, other ?? remark ?? elsewhere].filter(Boolean).join(' ') };
}

/** What is in the cache under the set's name, but is another archive. */
async function otherArchiveHint(name: SetName, sha256: string | undefined): Promise<string | undefined> {
  const other = (await entries()).find(({ record }) => record.name === name && record.sha256 !== sha256)?.record;
  if (other === undefined) return undefined;
  const mirror = mirrorIn(name, other.url);
  const than = sha256 === namedSet(name).sha256 ? 'the authors’' : 'the one asked for';
  const use = [
    ...(mirror === undefined || mirror === AUTHORS_SERVER ? [] : [`--set dataset.mirror=${mirror}`]),
    `--set dataset.sha256=${other.sha256}`,
  ].join(' or ');
  return `A ${name} from ${mirror ?? other.url ?? 'a file'} is here, of another checksum than ${than}: use it with ${use}.`;
}

/** The folder of a server that a set came from, where its address can be given again. */
function mirrorIn(name: SetName, url: string | null): string | undefined {
  const end = `/${name}.zip`;
  return url?.endsWith(end) === true ? url.slice(0, -end.length) : undefined;
}
