import { comparison } from './comparison.js';
import { shortText } from './numbers.js';
import type { TestData, TestImageData } from './page-data.js';

/** One test image large, with a divider to drag, its scores, and the images before and after it in the current order. */
export class Viewer {
  #test: TestData | undefined;
  #images: readonly TestImageData[] = [];
  #at = 0;

  constructor(private readonly dialog: HTMLDialogElement) {
    dialog.addEventListener('keydown', (event) => {
      // In the divider, arrows move the divider.
      if (event.target instanceof HTMLInputElement && event.key.startsWith('Arrow')) return;
      if (event.key === 'ArrowLeft') this.#move(-1);
      if (event.key === 'ArrowRight') this.#move(1);
    });
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog) dialog.close();
    });
  }

  open(test: TestData, images: readonly TestImageData[], at: number): void {
    this.#test = test;
    this.#images = images;
    this.#at = at;
    this.#draw();
    this.dialog.showModal();
    this.dialog.querySelector('input')?.focus();
  }

  #move(by: number): void {
    const to = this.#at + by;
    if (to < 0 || to >= this.#images.length) return;
    this.#at = to;
    const focused = (document.activeElement as HTMLElement | null)?.dataset['what'];
    this.#draw();
    this.dialog.querySelector<HTMLElement>(`[data-what="${focused}"]`)?.focus();
  }

  #draw(): void {
    const image = this.#images[this.#at]!;
    const head = element('div', 'viewer-head');
    head.append(
      element('strong', '', image.name),
      element('span', 'soft', `${this.#at + 1} of ${this.#images.length}`),
      button('←', 'the image before', this.#at === 0, () => this.#move(-1)),
      button('→', 'the next image', this.#at === this.#images.length - 1, () => this.#move(1)),
      button('×', 'close', false, () => this.dialog.close()),
    );
    this.dialog.replaceChildren(head, withDivider(image), others(image), this.#scores(image));
  }

  #scores({ scores }: TestImageData): HTMLElement {
    const list = element('dl', 'source');
    this.#test!.scores.forEach(({ name, better }, i) => {
      const value = scores[i];
      if (value === null || value === undefined) return;
      list.append(element('dt', '', `${name} (${better} is better)`), element('dd', '', shortText(Number(value))));
    });
    return list;
  }
}

/** The whole image is the handle of a range input, so that mouse, touch and keyboard all move it. */
function withDivider(image: TestImageData): HTMLElement {
  const place = element('div', 'large');
  const range = document.createElement('input');
  range.type = 'range';
  range.min = '0';
  range.max = '100';
  range.value = '50';
  range.dataset['what'] = 'divider';
  range.setAttribute('aria-label', 'Divider between source (left) and translation (right)');
  const move = () => place.style.setProperty('--at', `${range.value}%`);
  range.addEventListener('input', move);
  move();
  place.append(
    comparison(image),
    element('i', 'line'),
    range,
    element('span', 'tag left', 'source'),
    element('span', 'tag right', 'translation'),
  );
  return place;
}

/** The truth and the image translated back, where they are known. */
function others({ truth, reconstructed }: TestImageData): HTMLElement {
  const place = element('div', 'others');
  for (const [title, src] of [
    ['the truth', truth],
    ['translated back', reconstructed],
  ] as const) {
    if (src === undefined) continue;
    const figure = element('figure', '');
    const picture = new Image();
    picture.src = src;
    picture.alt = title;
    picture.addEventListener('load', () => picture.classList.toggle('exact', picture.naturalWidth <= 128));
    figure.append(picture, element('figcaption', '', title));
    place.append(figure);
  }
  return place;
}

function button(text: string, label: string, disabled: boolean, action: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.title = label;
  made.setAttribute('aria-label', label);
  made.disabled = disabled;
  made.dataset['what'] = label;
  made.addEventListener('click', action);
  return made;
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.textContent = text;
  return made;
}
