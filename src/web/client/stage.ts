import type { Translated } from './outcome.js';

/** A picture of 64 pixels is shown with 512, rather than blurred over the whole window. */
const MOST_ENLARGED = 8;

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

/** The picture, its translation, and the divider between them. */
export class Stage {
  readonly #stage = element('stage');
  readonly #frame = this.#stage.querySelector<HTMLElement>('.frame')!;
  readonly #working = this.#stage.querySelector<HTMLElement>('.working')!;
  readonly #before = element<HTMLImageElement>('before');
  readonly #after = element<HTMLCanvasElement>('after');
  readonly #divider = element<HTMLInputElement>('divider');
  readonly #progress = element<HTMLProgressElement>('progress');
  #address: string | undefined;

  constructor() {
    const move = () => {
      this.#frame.style.setProperty('--at', `${this.#divider.value}%`);
      this.#divider.setAttribute('aria-valuetext', `${this.#divider.value}% picture`);
    };
    this.#divider.addEventListener('input', move);
    move();
  }

  /** Shows a picture alone. @returns false for what is no picture */
  async show(picture: Blob): Promise<boolean> {
    const address = URL.createObjectURL(picture);
    const probe = new Image();
    probe.src = address;
    const isPicture = await probe.decode().then(
      () => true,
      () => false,
    );
    if (!isPicture) {
      URL.revokeObjectURL(address);
      return false;
    }
    if (this.#address !== undefined) URL.revokeObjectURL(this.#address);
    this.#address = address;
    this.#before.src = address;
    this.#before.alt = 'The picture';
    this.#setSize(probe.naturalWidth, probe.naturalHeight);
    this.#stage.dataset['source'] = 'picture';
    this.#stage.dataset['state'] = 'picture';
    return true;
  }

  /** Shows the camera in the place of the picture. */
  showCamera(width: number, height: number): void {
    this.#setSize(width, height);
    this.#stage.dataset['source'] = 'camera';
    this.#stage.dataset['state'] = 'picture';
  }

  /** @param share from 0 to 1; undefined where it is unknown */
  working(share?: number): void {
    this.#working.hidden = false;
    if (share === undefined) this.#progress.removeAttribute('value');
    else this.#progress.value = share;
  }

  idle(): void {
    this.#working.hidden = true;
  }

  /** Shows a translation beside the picture. */
  done({ pixels, width, height }: Translated): void {
    Object.assign(this.#after, { width, height });
    this.#after.getContext('2d')!.putImageData(new ImageData(pixels, width, height), 0, 0);
    this.#stage.dataset['state'] = 'done';
  }

  clearTranslation(): void {
    if (this.#stage.dataset['state'] === 'done') this.#stage.dataset['state'] = 'picture';
  }

  empty(): void {
    this.#stage.dataset['state'] = 'empty';
    this.#stage.dataset['source'] = 'picture';
  }

  /** What is shown, where it is a translation. */
  get translation(): HTMLCanvasElement | undefined {
    return this.#stage.dataset['state'] === 'done' ? this.#after : undefined;
  }

  #setSize(width: number, height: number): void {
    this.#frame.style.setProperty('--ratio', (width / height).toFixed(5));
    this.#frame.style.maxWidth = `${width * MOST_ENLARGED}px`;
  }
}
