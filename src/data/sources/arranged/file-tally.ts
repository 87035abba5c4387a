import { visible } from '../../../support/visible.js';
import { extensionOf } from './image-files.js';

/** The files of one kind. */
interface Kind {
  /** `.dcm`; empty where the names have no extension. */
  readonly extension: string;
  /** Their kind by content, where it is known: `DICOM`. */
  readonly content: string;
  readonly example: string;
  count: number;
}

const MAX_SHOWN = 5;

/** Counts files by kind and keeps the first of each as an example. */
export class FileTally {
  readonly #kinds = new Map<string, Kind>();

  /** @param content the kind by content, such as `DICOM`; empty where it is unknown */
  add(name: string, content = ''): void {
    const extension = extensionOf(name);
    // "(text)" adds nothing to an extension such as .txt.
    const shownContent = content === 'text' && extension !== '' ? '' : content;
    this.#merge({ extension, content: shownContent, example: name, count: 1 });
  }

  addAll(other: FileTally): void {
    for (const kind of other.#kinds.values()) this.#merge({ ...kind });
  }

  get count(): number {
    return [...this.#kinds.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** Whether all files are texts, which people store beside images on purpose. */
  get isText(): boolean {
    return [...this.#kinds.values()].every(({ extension, content }) => content === 'text' || TEXTS.has(extension));
  }

  /** The kinds by content, the most frequent first. */
  get contents(): readonly string[] {
    return [...new Set(this.#sorted().map(({ content }) => content))].filter((content) => content !== '');
  }

  /** A file of the most frequent kind. */
  get example(): string {
    return this.#sorted()[0]?.example ?? '';
  }

  /** `12 .dcm files (DICOM) and 1 file without an extension (text)` */
  describe(): string {
    const sorted = this.#sorted();
    const shown = sorted.slice(0, MAX_SHOWN).map(describeKind);
    if (sorted.length > MAX_SHOWN) shown.push(`files of ${sorted.length - MAX_SHOWN} other kinds`);
    return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)!}`;
  }

  /** Counts by kind, for records. */
  toJson(): Record<string, number> {
    const key = ({ extension, content }: Kind) => `${extension || 'nameless'}${content === '' ? '' : ` (${content})`}`;
    return Object.fromEntries(this.#sorted().map((kind) => [key(kind), kind.count]));
  }

  #sorted(): Kind[] {
    return [...this.#kinds.values()].sort((a, b) => b.count - a.count);
  }

  #merge(kind: Kind): void {
    const key = `${kind.extension} ${kind.content}`;
    const known = this.#kinds.get(key);
    if (known === undefined) this.#kinds.set(key, kind);
    else known.count += kind.count;
  }
}

const TEXTS = new Set(['.txt', '.json', '.jsonl', '.xml', '.csv', '.tsv', '.md', '.yaml', '.yml', '.html', '.xmp']);

function describeKind({ extension, content, count }: Kind): string {
  const files = count === 1 ? 'file' : 'files';
  const named = extension === '' ? `${files} without an extension` : `${visible(extension)} ${files}`;
  return `${count} ${named}${content === '' ? '' : ` (${content})`}`;
}
