import { BACKENDS, type BackendName, type Measured } from './choose-backend.js';
import { backendText, measuredText, whyText } from './texts.js';

const KEY = 'cyclegan-runner-backend';

interface Kept {
  readonly backend: BackendName;
  readonly byHand: boolean;
}

/** Shows what computes and why, and lets the user choose. The choice is kept for the next visit. */
export class BackendPanel {
  readonly #why = document.getElementById('why')!;
  readonly #choices = document.querySelector<HTMLElement>('#backends fieldset')!;
  #measured: readonly Measured[] = [];
  #byHand = false;

  /** @param onChoice undefined: measure again */
  constructor(private readonly onChoice: (backend: BackendName | undefined) => void) {}

  /** What was chosen at an earlier visit. */
  remembered(): BackendName | undefined {
    try {
      const { backend, byHand } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Kept>;
      this.#byHand = byHand === true;
      return BACKENDS.find((each) => each === backend);
    } catch {
      return undefined; // storage is forbidden, or has something else
    }
  }

  show(backend: BackendName, measured: readonly Measured[]): void {
    if (measured.length > 0) [this.#measured, this.#byHand] = [measured, false];
    this.#keep({ backend, byHand: this.#byHand });
    this.#why.textContent = whyText(backend, this.#measured, this.#byHand);
    const own = BACKENDS.map((each) => {
      const known = this.#measured.find((one) => one.backend === each);
      return this.#choice(each, backendText(each), known ? measuredText(known) : '', each === backend, known?.refusal !== undefined); // prettier-ignore
    });
    const again = document.createElement('button');
    again.type = 'button';
    again.textContent = 'Measure again';
    again.addEventListener('click', () => {
      this.#byHand = false;
      this.onChoice(undefined);
    });
    this.#choices.replaceChildren(this.#choices.querySelector('legend')!, ...own, again);
  }

  #choice(backend: BackendName, name: string, note: string, checked: boolean, refused: boolean): HTMLElement {
    const label = document.createElement('label');
    const input = document.createElement('input');
    Object.assign(input, { type: 'radio', name: 'backend', value: backend, checked, disabled: refused });
    input.addEventListener('change', () => {
      this.#byHand = true;
      this.onChoice(backend);
    });
    const text = document.createElement('span');
    text.className = 'soft';
    text.textContent = note;
    label.classList.toggle('refused', refused);
    label.append(input, name, text);
    return label;
  }

  #keep(choice: Kept): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(choice));
    } catch {
      // Then it is measured at the next visit.
    }
  }
}
