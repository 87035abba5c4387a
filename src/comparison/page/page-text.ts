import { html, type Html } from '../../report/kit/html.js';
import type { ComparedRun } from '../compare/compare-runs.js';

/** The run's letter in its colour. @param index of the run */
export function tag({ label }: Pick<ComparedRun, 'label'>, index: number): Html {
  return html`<b class="tag r${index}">${label}</b>`;
}

/** A list in a sentence: `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`;
}
