import type { CardFacts } from './card-facts.js';
import { sizeText } from '../../support/sides.js';
import { domainsOf, sectionOf } from './names.js';

export function limitsSection({ direction, config, exports, measured, license, imported }: CardFacts): string {
  const { from } = domainsOf(direction);
  const { imageSize } = exports[0]!;
  const has = (format: string) => exports.some((each) => each.format === format);
  const count = Math.max(...Object.values(measured?.metrics[direction] ?? {}).map((value) => value.count ?? 0));
  const lines = [
    `${imported === null ? 'It has learned from the images above alone. ' : ''}It translates whatever it is given; what is not like domain ${from} comes out as artefacts, not as a refusal.`,
    imported === null &&
      `It was trained on ${sizeText(imageSize)} pixels. It has learned textures and objects at that scale: much larger ones it changes less well.`,
    sectionOf(config, 'generator')['norm'] === 'instance' &&
      'Its instance norms normalise each image by its own statistics: parts of an image that are translated alone get other colours than the whole.',
    has('saved-model') &&
      'The signature `image_bytes` decodes with TensorFlow: EXIF orientation, transparency and colour profiles are ignored.',
    count > 0 &&
      count < 1000 &&
      `The metrics are of ${count} images: their intervals are wide, and values of other sets of images or other sizes do not compare.`,
    license === null && 'No license was given. Mind that of the data, too.',
  ];
  return `## Limits\n\n${lines
    .filter((line) => line !== false)
    .map((line) => `- ${line}`)
    .join('\n')}`;
}
