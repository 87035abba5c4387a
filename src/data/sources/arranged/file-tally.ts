import { visible } from '../../../support/visible.js';
import { extensionOf } from './image-files.js';

/** Files of one kind. */
interface Kind {
  /** `.dcm`; empty where the names have none. */
  readonly ending: string;
  /** What they are by their content, where that is known: `DICOM`. */
  readonly content: string;
  readonly example: string;
  count: number;
}

const MAX_SHOWN = 5;

/** Counts files by kind, and remembers the first of each. */
export class FileTally {
  readonly #kinds = new Map<string, Kind>();

  /** @param content in words, such as `DICOM`; none where it is not known */
  add(name: string, content = ''): void {
    const ending = extensionOf(name);
    // That a .txt is text is no news.
    const told = content === 'text' && ending !== '' ? '' : content;
    this.#merge({ ending, content: told, example: name, count: 1 });
  }

  addAll(other: FileTally): void {
    for (const kind of other.#kinds.values()) this.#merge({ ...kind });
  }

  get count(): number {
    return [...this.#kinds.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** Whether all of it is what lies beside images on purpose: texts. */
  get isText(): boolean {
    return [...this.#kinds.values()].every(({ ending, content }) => content === 'text' || TEXTS.has(ending));
  }

  /** One of the most frequent kind. */
  get example(): string {
    return this.#sorted()[0]?.example ?? '';
  }

  /** `12 .dcm files (DICOM) and 1 file without an ending (text)` */
  describe(): string {
    const sorted = this.#sorted();
    const shown = sorted.slice(0, MAX_SHOWN).map(describeKind);
    if (sorted.length > MAX_SHOWN) shown.push(`files of ${sorted.length - MAX_SHOWN} other kinds`);
    return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)!}`;
  }

  /** Numbers by kind, for records. */
  toJson(): Record<string, number> {
    const key = ({ ending, content }: Kind) => `${ending || 'nameless'}${content === '' ? '' : ` (${content})`}`;
    return Object.fromEntries(this.#sorted().map((kind) => [key(kind), kind.count]));
  }

  #sorted(): Kind[] {
    return [...this.#kinds.values()].sort((a, b) => b.count - a.count);
  }

  #merge(kind: Kind): void {
    const key = `${kind.ending} ${kind.content}`;
    const known = this.#kinds.get(key);
    if (known === undefined) this.#kinds.set(key, kind);
    else known.count += kind.count;
  }
}

const TEXTS = new Set(['.txt', '.json', '.jsonl', '.xml', '.csv', '.tsv', '.md', '.yaml', '.yml', '.html', '.xmp']);

function describeKind({ ending, content, count }: Kind): string {
  const files = count === 1 ? 'file' : 'files';
  const named = ending === '' ? `${files} without an ending` : `${visible(ending)} ${files}`;
  return `${count} ${named}${content === '' ? '' : ` (${content})`}`;
}
