import { isDebris } from '../../../support/debris.js';
import type { LibraryFile } from '../../library/library.js';
import { sortByName, sortedNames } from '../arranged/order.js';
import { isPicture, kindOf, type PictureFile } from '../arranged/picture-files.js';
import { below, type Entries, type Pictures, type Tree } from '../arranged/tree.js';

/** The files of an unpacked archive, as its record has them; a single folder around them all is not counted. */
export class RecordTree implements Tree {
  readonly cure =
    'Unpack the archive, arrange its pictures as docs/data.md says, and give the folder (dataset.type: folder).';
  /** The folder around them all, with a slash; empty where there is none. */
  readonly around: string;
  readonly #files: readonly string[];

  /** @param label how messages start @param archive what they call the archive */
  constructor(
    readonly label: string,
    readonly archive: string,
    files: readonly LibraryFile[],
  ) {
    const visible = files.map(({ path }) => path).filter((path) => !path.split('/').some(isDebris));
    this.around = commonFolder(visible);
    this.#files = visible.map((path) => path.slice(this.around.length));
  }

  show(dir: string): string {
    return dir === '' ? this.archive : `${this.around}${dir} in ${this.archive}`;
  }

  look(dir: string): Promise<Entries | undefined> {
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

  pictures(dir: string): Promise<Pictures> {
    const files: PictureFile[] = [];
    const others = new Map<string, number>();
    for (const path of this.#in(dir)) {
      if (isPicture(path)) files.push({ name: below(dir, path) });
      else others.set(kindOf(path), (others.get(kindOf(path)) ?? 0) + 1);
    }
    return Promise.resolve({ files: sortByName(files), others });
  }

  /** Paths of the files in a folder and below, from there. */
  #in(dir: string): string[] {
    if (dir === '') return [...this.#files];
    return this.#files.filter((path) => path.startsWith(`${dir}/`)).map((path) => path.slice(dir.length + 1));
  }
}

/** `horse2zebra/` if all lies in it. A folder of a layout is none that is passed over: an archive may hold nothing but trainA. */
function commonFolder(paths: readonly string[]): string {
  let around = '';
  for (;;) {
    const firsts = new Set(paths.map((path) => path.slice(around.length, path.indexOf('/', around.length) + 1)));
    const [first] = firsts;
    if (firsts.size !== 1 || first === '' || /^(train|test)?[AB]?\/$/.test(first!)) return around;
    around += first!;
  }
}
