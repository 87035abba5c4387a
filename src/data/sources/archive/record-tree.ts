import { isJunkFile } from '../../../support/junk-files.js';
import { orderedMap } from '../../../support/ordered-map.js';
import type { LibraryFile } from '../../library/library.js';
import { sortByName, sortedNames } from '../arranged/file-order.js';
import { isImage } from '../arranged/image-files.js';
import { classifyFiles } from '../arranged/classify-files.js';
import { below, type Entries, type Images, type FileTree } from '../arranged/file-tree.js';
import { dataFolder } from './data-folder.js';
import { prefixOf } from './subfolder.js';

/** Files whose content is checked at once. */
const CONCURRENCY = 8;

/** The files of an unpacked archive, as listed in its record, below the folder of the data set. */
export class RecordTree implements FileTree {
  readonly cure =
    'Unpack the archive, arrange its images as in docs/data.md, and give the folder (dataset.type: folder).';
  readonly choose?: (dirs: readonly string[]) => string;
  /** The folder of the data set, with a trailing slash; empty for the top level. */
  readonly prefix: string;
  readonly outside: readonly string[];
  readonly #files: readonly string[];

  /**
   * @param label the start of messages @param archive its name in messages
   * @param kindOf the kind of a file by its content; takes a path in the archive
   * @param subfolder where the data set is to be found, null for anywhere; undefined where the user cannot choose
   * @throws ProblemError `missing-folder` when there is no such subfolder
   */
  constructor(
    readonly label: string,
    readonly archive: string,
    files: readonly LibraryFile[],
    domains: readonly string[] | null,
    private readonly kindOf: (path: string) => Promise<string | undefined>,
    subfolder?: string | null,
  ) {
    const visible = files.map(({ path }) => path).filter((path) => !path.split('/').some(isJunkFile));
    const within = subfolder == null ? '' : prefixOf(subfolder, visible, archive);
    const below = visible.filter((path) => path.startsWith(within)).map((path) => path.slice(within.length));
    this.prefix = within + dataFolder(below, domains);
    if (subfolder !== undefined)
      this.choose = (dirs) => `Set dataset.subfolder to ${dirs.map((dir) => this.prefix + dir).join(' or ')}.`;
    const isInside = (path: string) => path.startsWith(this.prefix);
    this.#files = visible.filter(isInside).map((path) => path.slice(this.prefix.length));
    this.outside = visible.filter((path) => !isInside(path));
  }

  show(dir: string): string {
    return dir === '' ? this.archive : `${this.prefix}${dir} in ${this.archive}`;
  }

  entries(dir: string): Promise<Entries | undefined> {
    const folders = new Set<string>();
    const files = new Set<string>();
    for (const path of this.#in(dir)) {
      const slash = path.indexOf('/');
      if (slash < 0) files.add(path);
      else folders.add(path.slice(0, slash));
    }
    if (folders.size + files.size === 0 && dir !== '') return Promise.resolve(undefined);
    return Promise.resolve({ folders: sortedNames([...folders]), files: sortedNames([...files]) });
  }

  async images(dir: string): Promise<Images> {
    const all = sortByName(this.#in(dir).map((path) => ({ name: below(dir, path) })));
    const others = all.filter(({ name }) => !isImage(name));
    const kinds = new Map<string, string | undefined>();
    const found = orderedMap(others, CONCURRENCY, ({ name }) => this.kindOf(this.prefix + name));
    for await (const kind of found) kinds.set(others[kinds.size]!.name, kind);
    return classifyFiles(
      all.filter(({ name }) => isImage(name)),
      others,
      ({ name }) => kinds.get(name),
    );
  }

  /** Paths of the files in a folder and below, relative to it. */
  #in(dir: string): string[] {
    if (dir === '') return [...this.#files];
    return this.#files.filter((path) => path.startsWith(`${dir}/`)).map((path) => path.slice(dir.length + 1));
  }
}
