import { basename } from 'node:path/posix';
import type { SourceWork } from '../../../registry/kinds/dataset.js';
import { visible } from '../../../support/visible.js';
import type { FoundImages } from './find-images.js';
import type { UnusedFiles } from './unused-files.js';

/** A note to the user about a source's files, so that no file is ignored silently. */
export interface Note {
  readonly level: Parameters<SourceWork['note']>[0];
  readonly text: string;
}

const MAX_NAMED = 4;
const VALIDATION = /^(val|valid|validation|dev)([-_ ]?[ab])?$/i;

const EXPECTED =
  'To validate with them, each domain needs a folder with images, called as that of its training images with val instead of train.';

/** A note for each kind of unexpected file or folder in a source. */
export function notesOf(found: FoundImages): Note[] {
  return [...contentNote(found), ...passedOverNote(found), ...unusedNotes(found)];
}

function contentNote({ byContent }: FoundImages): Note[] {
  const { count, example } = byContent;
  if (count === 0) return [];
  const what = count === 1 ? '1 file is an image' : `${count} files are images`;
  const text = `${what} by content, though not by name: ${byContent.describe()}, such as ${visible(example)}.`;
  return [{ level: 'info', text }];
}

function passedOverNote(found: FoundImages): Note[] {
  const { passedOver } = found;
  const { count, example, isText } = passedOver;
  if (count === 0) return [];
  const parts = ['splits' in found ? found.splits : found.domains, found.validation ?? {}];
  const used = new Set(parts.flatMap((part) => Object.values(part)).flat()).size;
  const what = count === 1 ? '1 file is not an image and is' : `${count} files are not images and are`;
  const text = `${what} passed over: ${passedOver.describe()}, such as ${visible(example)}. The other ${used} are images.`;
  return [{ level: isText && count <= used ? 'info' : 'warning', text }];
}

function unusedNotes({ unused }: FoundImages): Note[] {
  const validation = unused.folders.filter((path) => VALIDATION.test(basename(path)));
  const others: UnusedFiles = { ...unused, folders: unused.folders.filter((path) => !validation.includes(path)) };
  const notes: Note[] = [];
  if (validation.length > 0) {
    const text = `Validation images are not used: ${listed('folder', validation)} ${are(validation)} passed over. ${EXPECTED}`;
    notes.push({ level: 'warning', text });
  }
  const parts = [listed('folder', others.folders), listed('file', others.files)].filter((part) => part !== '');
  if (parts.length > 0)
    notes.push({ level: 'info', text: `Passed over, beside the folders of images: ${parts.join(', ')}.` });
  return notes;
}

function are(list: readonly string[]): string {
  return list.length === 1 ? 'is' : 'are';
}

/** `the folders valA and valB` */
function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, MAX_NAMED).map(visible);
  if (names.length > MAX_NAMED) shown.push(`${names.length - MAX_NAMED} more`);
  const text = shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)!}`;
  return `the ${what}${names.length === 1 ? '' : 's'} ${text}`;
}
