import type { SourceProgress, SourceWork } from '../../src/registry/kinds/dataset.js';

/** The work of a source, which records the progress and the notes it reports. */
export function quietWork(signal = new AbortController().signal) {
  const progress: SourceProgress[] = [];
  const notes: string[] = [];
  const work: SourceWork & { readonly progressReports: SourceProgress[]; readonly notes: string[] } = {
    signal,
    progress: (one) => progress.push(one),
    note: (_, text) => notes.push(text),
    progressReports: progress,
    notes,
  };
  return work;
}
