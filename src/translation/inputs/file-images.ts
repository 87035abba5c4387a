import { access, readFile, stat } from 'node:fs/promises';
import { extname, relative, sep } from 'node:path';
import { contentKindOf, IMAGE } from '../../data/sources/content-kind.js';
import { EXTENSIONS, isImage } from '../../data/sources/arranged/image-files.js';
import { joinBytes, streamEntries } from '../../data/sources/folder/folder-entries.js';
import type { InputImage } from './input-image.js';

/** An image that is a file. @param path absolute; in bytes where its name is not UTF-8 @param name as in {@link InputImage} */
export function fileImage(path: string | Buffer, name: string): InputImage {
  return {
    name,
    label: name,
    modified: () =>
      stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => undefined,
      ),
    hasNamesake: async () => typeof path === 'string' && hasNamesake(path),
    read: () => readFile(path),
  };
}

/**
 * The images in a folder and below it, folder by folder, in memory that does not grow with their number. Links are followed, and each folder
 * is visited once. Files without an image's extension count by their content.
 *
 * @param root the folder that names are relative to
 * @param excluded a folder that is passed over: the outputs may be written below the inputs
 */
export async function* folderImages(dir: string, root: string, excluded?: string): AsyncGenerator<InputImage> {
  const seen = new Set<string>();
  if (excluded !== undefined) seen.add(await identityOf(excluded).catch(() => ''));
  yield* below(dir, nameBelow(root, dir), seen);
}

async function* below(dir: string | Buffer, name: string, seen: Set<string>): AsyncGenerator<InputImage> {
  const identity = await identityOf(dir);
  if (seen.has(identity)) return;
  seen.add(identity);
  const folders: { readonly path: string | Buffer; readonly name: string }[] = [];
  for await (const entry of streamEntries(dir)) {
    const path = joinBytes(dir, entry.raw ?? entry.name);
    const own = name === '' ? entry.name : `${name}/${entry.name}`;
    if (entry.kind === 'folder') folders.push({ path, name: own });
    else if (await isImageFile(path, entry.name)) yield fileImage(path, own);
  }
  for (const folder of folders) yield* below(folder.path, folder.name, seen);
}

/** Whether a file is one to translate. One that cannot be read is, so that it is reported. */
async function isImageFile(path: string | Buffer, name: string): Promise<boolean> {
  if (isImage(name)) return true;
  return (await contentKindOf(path).catch(() => IMAGE)) === IMAGE;
}

/** The name of a path below a folder, with `/`; of one that lies elsewhere, its absolute path without what would lead out of a folder. */
export function nameBelow(root: string, path: string): string {
  const name = relative(root, path);
  const inside = name.split(sep).includes('..') ? path : name;
  return inside
    .split(/[/\\]/)
    .filter((part) => part !== '' && !/^[A-Za-z]:$/.test(part))
    .join('/');
}

/** Asks for each name that there may be: a list of the folder's names would grow with the folder. */
async function hasNamesake(path: string): Promise<boolean> {
  const own = extname(path);
  const stem = path.slice(0, path.length - own.length);
  const others = EXTENSIONS.flatMap((extension) => [extension, extension.toUpperCase()]).filter((each) => each !== own);
  const found = await Promise.all(others.map((extension) => exists(stem + extension)));
  return found.includes(true);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function identityOf(path: string | Buffer): Promise<string> {
  const { dev, ino } = await stat(path);
  return `${dev}:${ino}`;
}
