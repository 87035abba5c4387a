import type { CardFacts } from './card-facts.js';
import type { Preprocess } from '../../registry/config.js';
import { isSides, sameSize, sidesOf, sizeText, type Sides } from '../../support/sides.js';
import { dataSetOf, domainsOf, sectionOf } from './names.js';

export function dataSection(facts: CardFacts): string {
  const { from, to } = domainsOf(facts.direction);
  const counts = facts.data?.splits;
  const images = (domain: string) => {
    const [train, test] = (['train', 'test'] as const).map((part) => counts![`${part}${domain as 'A' | 'B'}`].count);
    return `${train} training and ${test} test images of domain ${domain}`;
  };
  const known = counts === undefined ? '' : `: ${images(from)}, ${images(to)}`;
  return `## Data

- \`${dataSetOf(facts)}\`${known}.
- Prepared as: turned upright (EXIF), laid over white where transparent, converted to sRGB, ${preparationOf(facts)}.`;
}

function preparationOf({ config }: CardFacts): string {
  const { image_size: size, load_size: load, preprocess, interpolation, flip } = sectionOf(config, 'dataset');
  if (!isSides(size)) return 'resized';
  const kind = typeof interpolation === 'string' ? ` (${interpolation})` : '';
  const how = `${howResized(size, isSides(load) ? load : size, preprocess as Preprocess | undefined)}`.replace(
    'resized',
    `resized${kind}`,
  );
  return `${how}${flip === true ? ' and mirrored at random' : ''}`;
}

function howResized(size: Sides, load: Sides, preprocess: Preprocess = 'resize_and_crop'): string {
  const [to, crop] = [sizeText(size), `for training, cropped at random to ${sizeText(size)} pixels`];
  switch (preprocess) {
    case 'resize_and_crop':
      return sameSize(size, load) ? `resized to ${to} pixels` : `resized to ${sizeText(load)} pixels and, ${crop}`;
    case 'scale_width_and_crop':
      return `resized to a width of ${sidesOf(load).width} pixels and, ${crop}`;
    case 'crop':
      return `not resized, and, ${crop}`;
    case 'scale_width':
      return `resized to ${to} pixels, which kept their aspect ratio`;
    case 'none':
      return `of ${to} pixels`;
  }
}
