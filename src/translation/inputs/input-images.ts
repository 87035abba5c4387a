import { stat } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { isImage } from '../../data/sources/arranged/image-files.js';
import { contentKindOf, IMAGE } from '../../data/sources/content-kind.js';
import { errorCode } from '../../support/files.js';
import { invalid, valid, type Outcome } from '../../support/outcome.js';
import type { Problem } from '../../support/problem.js';
import type { GivenInput, ImageInputs } from '../request.js';
import { archiveImages } from './archive-images.js';
import { fileImage, folderImages, nameBelow } from './file-images.js';
import type { InputImage } from './input-image.js';
import { listedImages } from './list-images.js';

/** Names an input that is read from the standard input: an image, or as a list the paths of images. */
export const STDIN = '-';

/**
 * Finds what the arguments of a command name, before any work.
 *
 * @param given as typed; patterns are those that the shell has left
 * @returns absolute paths, and the folder that the names of outputs are relative to; problems for inputs that are not there
 */
export async function findInputs(
  given: readonly string[],
  list: string | undefined,
  cwd: string,
): Promise<Outcome<ImageInputs>> {
  if (given.length === 0 && list === undefined) return invalid(NOTHING);
  const found = await Promise.all(given.map((input) => placeOf(input, cwd)));
  const missing = found.filter((place) => 'code' in place);
  if (missing.length > 0) return invalid(...missing);
  const places = found.filter((place): place is InputPlace => !('code' in place));
  const lists = list === undefined ? [] : [list === STDIN ? cwd : dirname(resolve(cwd, list))];
  const root = commonFolder([...places.map(({ folder }) => folder), ...lists]);
  return valid({
    given: places.map(({ kind, path }) => ({ kind, path })),
    ...(list !== undefined && { list: list === STDIN ? STDIN : resolve(cwd, list) }),
    root: places.length === 1 && lists.length === 0 ? places[0]!.ownRoot : root,
  });
}

/** The images of the inputs, in their order; videos are not among them. @param excluded the output folder, which is passed over where it lies below an input */
export async function* inputImages({ given, list, root }: ImageInputs, excluded: string): AsyncGenerator<InputImage> {
  const alone = given.length === 1 && list === undefined;
  for (const { kind, path } of given) {
    if (kind === 'stdin') yield await stdinImage();
    else if (kind === 'pattern') yield* matchingImages(path, root, excluded);
    else if (kind === 'folder') yield* folderImages(path, root, excluded);
    else if (kind === 'archive') yield* archiveImages(path, alone ? '' : nameBelow(root, withoutEnding(path)));
    else if (kind === 'file') yield fileImage(path, nameBelow(root, path));
  }
  if (list !== undefined) yield* listedImages(list, root);
}

interface InputPlace extends GivenInput {
  /** The folder that it lies in. */
  readonly folder: string;
  /** What names are relative to where it is the only input. */
  readonly ownRoot: string;
}

async function placeOf(input: string, cwd: string): Promise<InputPlace | Problem> {
  if (input === STDIN) return { kind: 'stdin', path: STDIN, folder: cwd, ownRoot: cwd };
  const path = resolve(cwd, input);
  const found = await stat(path).catch((error: unknown) => errorCode(error) ?? 'EIO');
  if (typeof found !== 'string') {
    const folder = dirname(path);
    if (found.isDirectory()) return { kind: 'folder', path, folder, ownRoot: path };
    return { kind: await kindOfFile(path), path, folder, ownRoot: folder };
  }
  if (found === 'ENOENT' && isPattern(input)) {
    const base = baseOf(path);
    return { kind: 'pattern', path, folder: base, ownRoot: base };
  }
  return {
    code: found === 'EACCES' ? 'unreadable-file' : 'missing-file',
    message:
      found === 'EACCES' ? `${path} may not be read (permission denied).` : `There is no file or folder ${path}.`,
    cure: 'Give images, folders, archives (zip, tar, tgz, tar.xz) or patterns in quotes, such as "photos/**/*.jpg".',
  };
}

async function* matchingImages(pattern: string, root: string, excluded: string): AsyncGenerator<InputImage> {
  const base = baseOf(pattern);
  const matches = picomatch(pattern.split(sep).join('/'));
  for await (const image of folderImages(base, base, excluded)) {
    const path = `${base}/${image.name}`;
    if (matches(path)) yield { ...image, name: nameBelow(root, path), label: nameBelow(root, path) };
  }
}

const isPattern = (path: string): boolean => picomatch.scan(path).isGlob;

/** The folder of a pattern above its first wildcard. */
const baseOf = (pattern: string): string => resolve(picomatch.scan(pattern).base || '.');

/** By its name, if that is an image's or an archive's; else by its content. */
async function kindOfFile(path: string): Promise<'file' | 'archive' | 'video'> {
  if (isImage(path)) return 'file';
  if (ARCHIVE.test(path)) return 'archive';
  return (await contentKindOf(path).catch(() => IMAGE)) === 'video' ? 'video' : 'file';
}

const ARCHIVE = /\.(zip|tar|t[gx]z|tar\.[gx]z)$/i;

const withoutEnding = (path: string): string => path.replace(ARCHIVE, '');

/** The longest path that all folders lie in. */
function commonFolder(folders: readonly string[]): string {
  const [first, ...others] = folders.map((folder) => folder.split(sep));
  const shared = first!.filter((_, i) => others.every((parts) => sharesStart(parts, first!, i)));
  return shared.join(sep) || sep;
}

const sharesStart = (parts: readonly string[], first: readonly string[], i: number): boolean =>
  first.slice(0, i + 1).every((part, at) => parts[at] === part);

async function stdinImage(): Promise<InputImage> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return {
    name: 'stdin',
    label: 'the standard input',
    modified: () => Promise.resolve(undefined),
    hasNamesake: () => Promise.resolve(false),
    read: () => Promise.resolve(bytes),
  };
}

const NOTHING: Problem = {
  code: 'missingArgument',
  message: 'No image to translate is given.',
  cure: 'Give images, folders, archives, patterns, or --list FILE.',
};
