import { IMAGE } from '../content-kind.js';
import { sortByName } from './file-order.js';
import type { ImageFile } from './image-files.js';
import { FileTally } from './file-tally.js';
import type { Images } from './file-tree.js';

/**
 * Images and what is passed over.
 *
 * @param named images by their names @param others files that may be anything
 * @param kindOf what one of these is by its content; nothing where it cannot be read
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
