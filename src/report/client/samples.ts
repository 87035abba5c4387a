import { whole } from './numbers.js';
import type { PageData } from './page-data.js';

const FRAME_MS = 450;

/** The slider over the samples of a training, and its button to play them. */
export function startSamples({ samples, stepsPerEpoch }: PageData): void {
  const slider = document.getElementById('moment') as HTMLInputElement | null;
  if (slider === null) return;
  const text = document.getElementById('moment-text')!;
  const play = document.getElementById('play') as HTMLButtonElement;
  const images = samples.map((_, i) => document.querySelector<HTMLImageElement>(`[data-samples="${i}"] img`)!);
  const steps = [...new Set(samples.flatMap(({ frames }) => frames.map(({ step }) => step)))].sort((a, b) => a - b);

  const show = () => {
    const step = steps[slider.valueAsNumber]!;
    const label = momentOf(step, stepsPerEpoch);
    text.textContent = label;
    slider.setAttribute('aria-valuetext', label);
    samples.forEach(({ title, frames }, i) => {
      const frame = frames.findLast((each) => each.step <= step) ?? frames[0]!;
      images[i]!.src = frame.src;
      images[i]!.alt = `Samples ${title}, ${momentOf(frame.step, stepsPerEpoch)}`;
    });
  };
  let timer: number | undefined;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    play.textContent = 'play';
    play.setAttribute('aria-pressed', 'false');
  };
  const next = () => {
    if (slider.valueAsNumber >= steps.length - 1) return stop();
    slider.valueAsNumber += 1;
    show();
  };
  play.addEventListener('click', () => {
    if (timer !== undefined) return stop();
    if (slider.valueAsNumber >= steps.length - 1) slider.valueAsNumber = 0;
    show();
    play.textContent = 'stop';
    play.setAttribute('aria-pressed', 'true');
    timer = setInterval(next, FRAME_MS);
  });
  slider.addEventListener('input', () => {
    stop();
    show();
  });
  show();
}

/** `epoch 3, step 1,265`; step 0 is before the training. */
function momentOf(step: number, stepsPerEpoch: number | null): string {
  if (step === 0) return 'before the training';
  const text = `step ${whole(step)}`;
  return stepsPerEpoch === null ? text : `epoch ${Math.ceil(step / stepsPerEpoch)}, ${text}`;
}
