import { comparison } from './comparison.js';
import { shortText } from './numbers.js';
import type { TestData, TestImageData } from './page-data.js';
import { ordersOf, sorted } from './sorting.js';
import { Viewer } from './viewer.js';

/** Images that are added at a time: a screen or two. */
const PAGE = 60;

/** The test images as before and after: one divider for all, in any order, each opens large. */
export function startGallery(tests: readonly TestData[]): void {
  const place = document.getElementById('gallery');
  if (place === null) return;
  const [sort, divider, more] = ['sort', 'divider', 'more'].map((id) => document.getElementById(id)) as [
    HTMLSelectElement,
    HTMLInputElement,
    HTMLButtonElement,
  ];
  const count = document.getElementById('tests-count')!;
  const viewer = new Viewer(document.getElementById('viewer') as HTMLDialogElement);
  let direction = 0;
  let shown: readonly TestImageData[] = [];
  let drawn = 0;

  const draw = (from: number, to: number) => {
    const test = tests[direction]!;
    const order = ordersOf(test)[sort.selectedIndex]!;
    shown.slice(from, to).forEach((image, i) => {
      place.append(cardOf(image, order.score, () => viewer.open(test, shown, from + i)));
    });
    drawn = Math.min(to, shown.length);
    more.hidden = drawn >= shown.length;
    count.textContent = `${drawn} of ${shown.length} images`;
  };
  const restart = () => {
    const test = tests[direction]!;
    shown = sorted(test, ordersOf(test)[sort.selectedIndex]!);
    place.replaceChildren();
    draw(0, PAGE);
  };
  const choose = (index: number) => {
    direction = index;
    const before = sort.value;
    sort.replaceChildren(...ordersOf(tests[index]!).map(({ text }) => new Option(text, text)));
    sort.value = before;
    if (sort.selectedIndex < 0) sort.selectedIndex = 0;
    for (const button of buttons) {
      button.setAttribute('aria-pressed', String(Number(button.dataset['direction']) === index));
    }
    restart();
  };
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('[data-direction]')];
  for (const button of buttons) {
    button.addEventListener('click', () => choose(Number(button.dataset['direction'])));
  }
  sort.addEventListener('change', restart);
  divider.addEventListener('input', () => place.style.setProperty('--at', `${divider.value}%`));
  more.addEventListener('click', () => {
    const first = drawn;
    draw(drawn, drawn + PAGE);
    (place.children[first] as HTMLElement | undefined)?.focus({ preventScroll: true });
  });
  place.addEventListener('keydown', (event) => moveFocus(place, event));
  choose(0);
}

function cardOf(image: TestImageData, score: number | undefined, open: () => void): HTMLElement {
  const card = document.createElement('button');
  card.type = 'button';
  card.className = 'card';
  card.title = image.name;
  card.setAttribute('aria-label', `${image.name}: open large`);
  const name = document.createElement('span');
  name.textContent = image.name.slice(image.name.lastIndexOf('/') + 1);
  card.append(comparison(image), name);
  if (score !== undefined) {
    const value = document.createElement('b');
    const raw = image.scores[score];
    value.textContent = raw === null || raw === undefined ? '–' : shortText(Number(raw));
    card.append(value);
  }
  card.addEventListener('click', open);
  return card;
}

/** Arrow keys go from card to card. */
function moveFocus(place: HTMLElement, event: KeyboardEvent): void {
  const cards = [...place.children] as HTMLElement[];
  const at = cards.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const top = cards[0]!.offsetTop;
  const columns = Math.max(1, cards.filter(({ offsetTop }) => offsetTop === top).length);
  const moves: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  const target = cards[at + (moves[event.key] ?? NaN)];
  if (target === undefined) return;
  event.preventDefault();
  target.focus();
}
