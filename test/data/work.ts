import type { SourceProgress, SourceWork } from '../../src/registry/kinds/dataset.js';

/** Work of a source that remembers what it was told. */
export function quietWork(signal = new AbortController().signal) {
  const progress: SourceProgress[] = [];
  const notes: string[] = [];
  const work: SourceWork & { readonly told: SourceProgress[]; readonly notes: string[] } = {
    signal,
    progress: (one) => progress.push(one),
    note: (_, text) => notes.push(text),
    told: progress,
    notes,
  };
  return work;
}
