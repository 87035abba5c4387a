import type { CardFacts } from './card-facts.js';
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
- Prepared as: turned upright (EXIF), laid over white where transparent, converted to sRGB, resized to a square${squareOf(facts)}.`;
}

function squareOf({ config }: CardFacts): string {
  const { image_size: size, load_size: load, interpolation, flip } = sectionOf(config, 'dataset');
  if (typeof size !== 'number') return '';
  const kind = typeof interpolation === 'string' ? ` (${interpolation})` : '';
  const isCropped = typeof load === 'number' && load !== size;
  const pixels = isCropped
    ? `${load} pixels, for training, where it was cropped at random to ${size}`
    : `${size} pixels`;
  return `${kind} of ${pixels}${flip === true ? ' and mirrored at random' : ''}`;
}
