import type { SourceProgress, SourceWork } from '../../registry/kinds/dataset.js';
import type { StageContext } from '../../registry/kinds/stage.js';
import { throttle } from '../../support/throttle.js';

type Counted = Omit<SourceProgress, 'unit'> & { readonly unit: string };

/** Before it has taken this long, the speed of a phase says nothing. */
const SPEED_SECONDS = 0.5;

/** Tells how far the work is, and how fast, at most ten times a second. Each phase of a source has its own speed. */
export function progressTo(context: StageContext): (counted: Counted, phaseOfItsOwn?: boolean) => void {
  let [phase, start, from] = ['', performance.now(), 0];
  const tell = throttle(({ unit, done, total, phase }: Counted) => {
    const seconds = (performance.now() - start) / 1000;
    const rate = seconds < SPEED_SECONDS ? undefined : (done - from) / seconds;
    context.emit({ kind: 'progress', unit, done, total, phase, rate });
  });
  return (counted, phaseOfItsOwn = false) => {
    const key = phaseOfItsOwn ? counted.phase : counted.unit;
    // What a broken download has already was not fetched now.
    if (key !== phase) [phase, start, from] = [key, performance.now(), phaseOfItsOwn ? counted.done : 0];
    tell(counted, counted.done === counted.total);
  };
}

/** What a source is given while it makes its images available. */
export function sourceWork(context: StageContext, progress: ReturnType<typeof progressTo>): SourceWork {
  return {
    signal: context.signal,
    progress: (told) => progress(told, true),
    note: (level, text) => context.emit({ kind: 'note', level, text }),
  };
}
