import type { SourceProgress, SourceWork } from '../../registry/kinds/dataset.js';
import type { StageContext } from '../../registry/kinds/stage.js';
import { throttle } from '../../support/throttle.js';

type Counted = Omit<SourceProgress, 'unit'> & { readonly unit: string };

/** Before this time the speed of a phase is not meaningful. */
const SPEED_SECONDS = 0.5;

/** Reports progress and speed at most ten times a second. Each phase of a source has its own speed. */
export function progressTo(context: StageContext): (counted: Counted, phaseOfItsOwn?: boolean) => void {
  let [phase, start, from] = ['', performance.now(), 0];
  const tell = throttle(({ unit, done, total, phase }: Counted) => {
    const seconds = (performance.now() - start) / 1000;
    const rate = seconds < SPEED_SECONDS ? undefined : (done - from) / seconds;
    context.emit({ kind: 'progress', unit, done, total, phase, rate });
  });
  return (counted, phaseOfItsOwn = false) => {
    const key = phaseOfItsOwn ? counted.phase : counted.unit;
    // The existing part of a resumed download does not count as speed.
    if (key !== phase) [phase, start, from] = [key, performance.now(), phaseOfItsOwn ? counted.done : 0];
    tell(counted, counted.done === counted.total);
  };
}

/** The context in which a source makes its images available. */
export function sourceWork(context: StageContext, progress: ReturnType<typeof progressTo>): SourceWork {
  return {
    signal: context.signal,
    progress: (update) => progress(update, true),
    note: (level, text) => context.emit({ kind: 'note', level, text }),
  };
}
