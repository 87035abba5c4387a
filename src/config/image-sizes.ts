import type { Preprocess } from '../registry/config.js';
import type { Json, JsonObject } from '../support/json.js';
import { mapSides, sameSize, shortSides, sidesOf, writtenSides, type Sides } from '../support/sides.js';
import { placeOfValue, type ConfigTree, type Path } from './config-tree.js';
import type { Located } from './validate.js';

/** The default `load_size`: 286/256 of `image_size`, as in the tutorial, where images are resized before they are cropped. */
export function usualLoadSize(preprocess: Preprocess | undefined, imageSize: Sides): Sides {
  return isResized(preprocess) ? mapSides(imageSize, (side) => Math.round((side * 286) / 256)) : imageSize;
}

const isResized = (preprocess: Preprocess = 'resize_and_crop'): boolean => preprocess.endsWith('_and_crop');

/** Fills in `dataset.load_size`, in place, and checks that `image_size` can be cropped from it. */
export function resolveSizes(config: JsonObject, isWrong: (path: Path) => boolean, tree: ConfigTree): Located[] {
  if (['image_size', 'load_size', 'preprocess'].some((key) => isWrong(['dataset', key]))) return [];
  const dataset = config.dataset as Record<string, Json>;
  const preprocess = dataset['preprocess'] as Preprocess | undefined;
  const size = shortSides(dataset['image_size'] as Sides);
  const load = shortSides((dataset['load_size'] as Sides | undefined) ?? usualLoadSize(preprocess, size));
  Object.assign(dataset, { image_size: size, load_size: load });
  const objection = objectionTo(load, size, preprocess);
  if (objection === undefined) return [];
  const path = ['dataset', 'load_size'];
  const { message, cure } = objection;
  const problem = { code: 'out-of-range', message: `dataset.load_size: ${message}`, cure, place: placeOfValue(tree, path) } as const; // prettier-ignore
  return [{ path, problem }];
}

function objectionTo(load: Sides, size: Sides, preprocess: Preprocess | undefined) {
  const found = `found ${writtenSides(load)}`;
  if (!isResized(preprocess)) {
    const message = `dataset.preprocess: ${preprocess} resizes images to no load_size, ${found}.`;
    return sameSize(load, size) ? undefined : { message, cure: 'Leave it out.' };
  }
  const [from, to] = [sidesOf(load), sidesOf(size)];
  const scales = preprocess === 'scale_width_and_crop';
  if (from.width >= to.width && (scales || from.height >= to.height)) return undefined;
  const [whose, least] = scales ? ['the width of image_size', String(to.width)] : ['image_size', writtenSides(size)];
  return {
    message: `expected at least ${whose} (${least}), which is cropped from it, ${found}.`,
    cure: `Leave it out to get ${writtenSides(usualLoadSize(preprocess, size))}, or write ${least} for no jitter.`,
  };
}
