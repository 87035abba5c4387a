import type { TestImageData } from './page-data.js';

/** Source and translation, one above the other: the style's `--at` says how much of the source is visible, from the left. */
export function comparison(image: TestImageData): HTMLElement {
  const both = document.createElement('span');
  both.className = 'both';
  both.append(imageOf(image.translated, 'after'), imageOf(image.source, 'before'));
  return both;
}

function imageOf(src: string, name: string): HTMLImageElement {
  const image = new Image();
  image.className = name;
  image.alt = '';
  image.decoding = 'async';
  image.addEventListener('load', () => image.classList.toggle('exact', image.naturalWidth <= 128));
  image.src = src;
  return image;
}
