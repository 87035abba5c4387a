import { isJunkFile } from '../../../support/junk-files.js';
import { orderedMap } from '../../../support/ordered-map.js';
import type { LibraryFile } from '../../library/library.js';
import { sortByName, sortedNames } from '../arranged/file-order.js';
import { isImage } from '../arranged/image-files.js';
import { classifyFiles } from '../arranged/classify-files.js';
import { below, type Entries, type Images, type FileTree } from '../arranged/file-tree.js';
import { dataFolder } from './data-folder.js';

/** Files looked into at once. */
const CONCURRENCY = 8;

/** The files of an unpacked archive, as its record has them, from the folder on in which the data set is laid out. */
export class RecordTree implements FileTree {
  readonly cure =
    'Unpack the archive, arrange its images as docs/data.md says, and give the folder (dataset.type: folder).';
  /** The folder around the data set, with a slash; empty where there is none. */
  readonly around: string;
  readonly outside: readonly string[];
  readonly #files: readonly string[];

  /**
   * @param label how messages start @param archive what they call the archive
   * @param kindOf what a file is by its content; the path is the archive's
   */
  constructor(
    readonly label: string,
    readonly archive: string,
    files: readonly LibraryFile[],
    domains: readonly string[] | null,
    private readonly kindOf: (path: string) => Promise<string | undefined>,
  ) {
    const visible = files.map(({ path }) => path).filter((path) => !path.split('/').some(isJunkFile));
    this.around = dataFolder(visible, domains);
    const isInside = (path: string) => path.startsWith(this.around);
    this.#files = visible.filter(isInside).map((path) => path.slice(this.around.length));
    this.outside = visible.filter((path) => !isInside(path));
  }

  show(dir: string): string {
    return dir === '' ? this.archive : `${this.around}${dir} in ${this.archive}`;
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
    const found = orderedMap(others, CONCURRENCY, ({ name }) => this.kindOf(this.around + name));
    for await (const kind of found) kinds.set(others[kinds.size]!.name, kind);
    return classifyFiles(
      all.filter(({ name }) => isImage(name)),
      others,
      ({ name }) => kinds.get(name),
    );
  }

  /** Paths of the files in a folder and below, from there. */
  #in(dir: string): string[] {
    if (dir === '') return [...this.#files];
    return this.#files.filter((path) => path.startsWith(`${dir}/`)).map((path) => path.slice(dir.length + 1));
  }
}
