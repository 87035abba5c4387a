import { stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { invalid, valid, type Outcome } from '../../support/outcome.js';
import type { Problem } from '../../support/problem.js';
import { formatOf } from '../../translation/outputs/output-name.js';
import { isVideoName } from '../../translation/video/translate-video.js';
import type { ImageInputs, OutputFormat, OutputPlace } from '../../translation/request.js';
import type { Io } from '../io.js';

interface PlaceOptions {
  readonly out: string;
  readonly format: OutputFormat | 'keep';
  readonly force?: boolean;
}

/**
 * Where translations go: an image's name (`zebra.png`) is a file, anything else a folder.
 *
 * @returns problems for a file where there may be more than one image, or that is there already
 */
export async function findOutput(
  { out, force }: Omit<PlaceOptions, 'format'>,
  inputs: ImageInputs,
  io: Io,
): Promise<Outcome<OutputPlace>> {
  const path = resolve(io.cwd, out);
  const found = await stat(path).catch(() => undefined);
  const isFile = formatOf(out) !== undefined || (isVideoName(out) && inputs.given[0]?.kind === 'video');
  if (!isFile || found?.isDirectory() === true) return valid({ kind: 'folder', path });
  if (!isOneImage(inputs)) return invalid(severalImages(out));
  if (found === undefined || force === true) return valid({ kind: 'file', path });
  return invalid({ code: 'file-exists', message: `${out} is there already.`, cure: 'Give --force to replace it.' });
}

/** A file for a translation that is then written to the standard output. @param folder an empty one */
export function findPipe({ out, format }: PlaceOptions, inputs: ImageInputs, folder: string): Outcome<OutputPlace> {
  if (!isOneImage(inputs) || inputs.given[0]!.kind === 'video') return invalid(severalImages(out));
  const extension = format === 'keep' ? extname(inputs.given[0]!.path) : `.${format}`;
  return valid({ kind: 'file', path: join(folder, `image${formatOf(extension) === undefined ? '.png' : extension}`) });
}

const isOneImage = ({ given, list }: ImageInputs): boolean =>
  list === undefined && given.length === 1 && ['file', 'video', 'stdin'].includes(given[0]!.kind);

function severalImages(out: string): Problem {
  return {
    code: 'bad-command-line',
    message: `--out ${out} is one image, and more may be translated.`,
    cure: 'Give a folder with --out.',
  };
}
