import { IMAGE } from '../content-kind.js';
import { sortByName } from './file-order.js';
import type { ImageFile } from './image-files.js';
import { FileTally } from './file-tally.js';
import type { Images } from './file-tree.js';

/**
 * Separates images from other files, which are ignored.
 *
 * @param named images by their names @param others files of unknown kind
 * @param kindOf the kind of such a file by its content; undefined where it cannot be read
 */
export function classifyFiles(
  named: readonly ImageFile[],
  others: readonly ImageFile[],
  kindOf: (file: ImageFile) => string | undefined,
): Images {
  const [byContent, rest] = [new FileTally(), new FileTally()];
  const found = others.filter((file) => {
    const kind = kindOf(file);
    if (kind === IMAGE) byContent.add(file.name);
    else rest.add(file.name, kind ?? 'cannot be read');
    return kind === IMAGE;
  });
  return { files: sortByName([...named, ...found]), byContent, others: rest };
}
