import { isUtf8 } from 'node:buffer';
import yauzl, { type Entry } from 'yauzl';

/** Code pages in which a backslash byte (0x5C) can be the second half of a character, as that of 表 in Shift-JIS. */
const CODE_PAGES = ['shift_jis', 'gbk', 'big5'];

/** Decodes an archive's names: entries of one folder must get the same folder. */
export type ZipNames = (entry: Entry) => string;

/**
 * How to read the names of a zip archive: as UTF-8 where they are valid UTF-8 or have a Unicode field, else in code page 437, as the
 * format says. So names from other code pages look odd, but stay different. Where a backslash follows a byte above 127 and the archive
 * separates folders with slashes, the backslash is half of a character and no separator: then an East Asian code page is used that fits
 * all names, as otherwise `表.jpg` would become the hidden file `.jpg` in a folder.
 */
export async function zipNames(entries: AsyncIterable<Entry>): Promise<ZipNames> {
  const others: Buffer[] = [];
  let hasSlash = false;
  for await (const { fileNameRaw } of entries) {
    if (!isUtf8(fileNameRaw)) others.push(fileNameRaw);
    hasSlash ||= fileNameRaw.includes('/');
  }
  const isCut = hasSlash && others.some((name) => /[\x80-\xff]\\/.test(name.toString('latin1')));
  const fitting = isCut
    ? CODE_PAGES.map(decoderOf).find((decode) => others.every((name) => fits(decode(name))))
    : undefined;
  return (entry) => {
    const raw = entry.fileNameRaw;
    const hasUnicodeField = entry.extraFields.some(({ id }) => id === 0x7075);
    if (!hasUnicodeField && isUtf8(raw)) return raw.toString();
    const named = hasUnicodeField ? undefined : fitting?.(raw);
    return named ?? yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, true);
  };
}

/** @returns a function to text; undefined where the bytes are no text in this code page */
function decoderOf(codePage: string): (name: Buffer) => string | undefined {
  const decoder = new TextDecoder(codePage, { fatal: true });
  return (name) => {
    try {
      return decoder.decode(name);
    } catch {
      return undefined;
    }
  };
}

function fits(name: string | undefined): boolean {
  return name !== undefined && !name.includes('\\');
}
