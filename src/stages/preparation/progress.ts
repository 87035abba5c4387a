import type { SourceProgress, SourceWork } from '../../registry/kinds/dataset.js';
import type { StageContext } from '../../registry/kinds/stage.js';
import { throttle } from '../../support/throttle.js';

type Counted = Omit<SourceProgress, 'unit'> & { readonly unit: string };

/** Tells how far the work is, and how fast, at most ten times a second. Each phase of a source has its own speed. */
export function progressTo(context: StageContext): (counted: Counted, phaseOfItsOwn?: boolean) => void {
  let [phase, start, from] = ['', performance.now(), 0];
  const tell = throttle(({ unit, done, total, phase }: Counted) => {
    const rate = (done - from) / Math.max(0.001, (performance.now() - start) / 1000);
    context.emit({ kind: 'progress', unit, done, total, phase, rate });
  });
  return (counted, phaseOfItsOwn = false) => {
    const key = phaseOfItsOwn ? counted.phase : counted.unit;
    // What a broken download has already was not fetched now.
    if (key !== phase) [phase, start, from] = [key, performance.now(), phaseOfItsOwn ? counted.done : 0];
    tell(counted, counted.done === counted.total);
  };
}

/** What a source is given while it makes its pictures available. */
export function sourceWork(context: StageContext, progress: ReturnType<typeof progressTo>): SourceWork {
  return {
    signal: context.signal,
    progress: (told) => progress(told, true),
    note: (level, text) => context.emit({ kind: 'note', level, text }),
  };
}
