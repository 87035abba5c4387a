import type { Direction } from '../../registry/kinds/export-format.js';
import type { DemoFacts, ExampleFacts } from '../demo-facts.js';
import type { DemoSize } from './protocol.js';
import { shorterSide, sizeText } from '../../support/sides.js';
import { estimateText } from './texts.js';

export interface ControlEvents {
  /** The direction or the size is another. */
  readonly onChange: () => void;
  readonly onExample: (example: ExampleFacts) => void;
}

/** Fills in the page's controls. */
export function showControls(facts: DemoFacts, { onChange, onExample }: ControlEvents) {
  const directions = showDirections(facts, () => {
    tagImages(facts, directions.value());
    onChange();
  });
  const size = document.getElementById('size') as HTMLSelectElement;
  const examples = showExamples(facts, onExample);
  let picture: Size | undefined;
  let pace = 0;
  const showSizes = () => setSizes(size, facts, directions.value(), picture, pace);
  size.addEventListener('change', onChange);
  tagImages(facts, directions.value());
  showSizes();
  document.getElementById('origin')!.textContent = `Networks of ${facts.run}, trained at ${sizeText(facts.image_size, ' × ')} pixels.`; // prettier-ignore
  return {
    get direction(): Direction {
      return directions.value();
    },
    get size(): DemoSize {
      const { value } = size;
      return value === 'fit' || value === 'full' ? value : Number(value);
    },
    /** Sets the direction that leads away from a domain, where there is one. */
    translateFrom(domain: 'A' | 'B'): void {
      directions.set(domain === 'A' ? 'AtoB' : 'BtoA');
      tagImages(facts, directions.value());
    },
    /** Shows which example is open. */
    mark: examples,
    /** Offers the sizes that make sense for a picture. */
    async sizesFor(blob: Blob): Promise<void> {
      const bitmap = await createImageBitmap(blob).catch(() => undefined);
      picture = bitmap && { width: bitmap.width, height: bitmap.height };
      bitmap?.close();
      showSizes();
    },
    /** Says how long larger sizes take. @param perPixel milliseconds of the latest translation */
    estimate(perPixel: number): void {
      pace = perPixel;
      showSizes();
    },
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function showDirections({ directions, domains: [a, b] }: DemoFacts, onChange: () => void) {
  const place = document.getElementById('directions')!;
  const inputs = directions.map(({ direction }, i) => {
    const label = document.createElement('label');
    const input = document.createElement('input');
    Object.assign(input, { type: 'radio', name: 'direction', value: direction, checked: i === 0 });
    input.addEventListener('change', onChange);
    label.append(input, direction === 'AtoB' ? `${a} → ${b}` : `${b} → ${a}`);
    place.append(label);
    return input;
  });
  place.hidden = directions.length < 2;
  return {
    value: () => (inputs.find(({ checked }) => checked) ?? inputs[0]!).value as Direction,
    set(direction: Direction): void {
      const wanted = inputs.find(({ value }) => value === direction);
      if (wanted !== undefined) wanted.checked = true;
    },
  };
}

function tagImages({ domains: [a, b] }: DemoFacts, direction: Direction): void {
  const [from, to] = direction === 'AtoB' ? [a, b] : [b, a];
  document.getElementById('tag-before')!.textContent = `Picture (${from})`;
  document.getElementById('tag-after')!.textContent = `Translation (${to})`;
}

/** From the training's size on, doubled up to the picture's own. */
function setSizes(
  select: HTMLSelectElement,
  { image_size: size, directions }: DemoFacts,
  direction: Direction,
  picture: Size | undefined,
  pace: number,
): void {
  const side = shorterSide(size);
  const anySize = directions.find((each) => each.direction === direction)?.sizes !== null;
  const shorter = picture === undefined ? 0 : Math.min(picture.width, picture.height);
  const larger = anySize ? [2, 4, 8].map((factor) => side * factor).filter((each) => each < shorter) : [];
  const time = (shorterSide: number) =>
    picture === undefined
      ? ''
      : estimateText(pace * shorterSide ** 2 * (Math.max(picture.width, picture.height) / shorter));
  const options: [string, string][] = [
    ['fit', anySize ? `as in training (${side})` : `${sizeText(size, ' × ')}, as in training`],
    ...larger.map((each): [string, string] => [String(each), `${each}${time(each)}`]),
    ...(anySize && shorter > side ? [['full', `the picture’s (${shorter})${time(shorter)}`] as [string, string]] : []),
  ];
  const before = select.value;
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  select.value = options.some(([value]) => value === before) ? before : 'fit';
  select.title = anySize
    ? 'The shorter side, in pixels'
    : 'This network takes one size only: pictures are resized to it.';
  document.getElementById('size-label')!.hidden = options.length < 2 && anySize && picture !== undefined;
}

/** @returns marks one of them as open */
function showExamples({ examples, domains }: DemoFacts, onExample: (example: ExampleFacts) => void) {
  const place = document.getElementById('examples')!;
  const buttons = examples.map((example, i) => {
    const [item, button, image] = [document.createElement('li'), document.createElement('button'), new Image()];
    image.src = example.file;
    image.alt = `Example ${i + 1}: ${domains[example.domain === 'A' ? 0 : 1]}`;
    button.type = 'button';
    button.append(image);
    button.addEventListener('click', () => onExample(example));
    item.append(button);
    place.querySelector('ul')!.append(item);
    return button;
  });
  place.hidden = examples.length === 0;
  return (example: ExampleFacts | undefined) =>
    buttons.forEach((button, i) => button.setAttribute('aria-pressed', String(examples[i] === example)));
}
