import type { ChartData } from './page-data.js';

/** Names of a chart's curves with their values under the pointer, or the last ones; a button each, to hide it. */
export class Legend {
  readonly #values: HTMLElement[];
  readonly #step: HTMLElement;

  /** @param toggle hides or shows a curve, and returns whether it is hidden */
  constructor(place: HTMLElement, { series }: ChartData, toggle: (index: number) => boolean) {
    this.#values = series.map(({ name, label, description }, i) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.title = description === '' ? name : `${name}: ${description}`;
      button.setAttribute('aria-pressed', 'true');
      const swatch = document.createElement('i');
      swatch.style.background = `var(--c${(i % 6) + 1})`;
      const value = document.createElement('b');
      button.append(swatch, label, ' ', value);
      button.addEventListener('click', () => button.setAttribute('aria-pressed', String(!toggle(i))));
      place.append(button);
      return value;
    });
    this.#step = document.createElement('span');
    this.#step.className = 'soft';
    place.append(this.#step);
  }

  /** @param step undefined for the last one */
  show(step: string | undefined, values: readonly string[]): void {
    this.#step.textContent = step ?? 'last';
    values.forEach((value, i) => (this.#values[i]!.textContent = value));
  }
}
