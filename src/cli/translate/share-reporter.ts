import type { StageEvent } from '../../registry/kinds/stage-event.js';
import { throttle } from '../../support/throttle.js';
import { noCounts } from '../../translation/counts.js';
import type { TranslationEnd } from '../../translation/run-translation.js';
import { shareFile, writeShare } from '../../translation/shares/share-files.js';

/** How often a share writes its progress, in milliseconds. */
const INTERVAL = 2000;

/** Writes the record of a share, for the command that launched it. */
export class ShareReporter {
  readonly #dir: string;
  #total = 0;
  #written = Promise.resolve();
  readonly #progress = throttle((done: number) => {
    this.#write({ status: 'running', counts: { translated: done, present: 0, failed: 0 } });
  }, INTERVAL);

  /** @param out the output folder @param share from 1 to `count` */
  constructor(
    out: string,
    private readonly share: number,
    count: number,
  ) {
    this.#dir = shareFile.dir(out, count);
  }

  readonly listen = (event: StageEvent): void => {
    if (event.kind !== 'progress') return;
    this.#total = event.total;
    this.#progress(event.done);
  };

  async end(end: TranslationEnd): Promise<void> {
    const counts = end.status === 'done' ? end.counts : noCounts();
    const problem = end.status === 'failed' ? { problem: end.problems.map(({ message }) => message).join(' ') } : {};
    this.#write({ status: end.status, counts, ...problem });
    await this.#written;
  }

  #write(record: Omit<Parameters<typeof writeShare>[2], 'total'>): void {
    const total = this.#total;
    this.#written = this.#written.then(() => writeShare(this.#dir, this.share, { ...record, total }));
  }
}
