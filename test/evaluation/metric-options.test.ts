import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { builtins } from '../../src/app/builtins.js';
import { optionsHash } from '../../src/evaluation/metric-options.js';
import type { Reference } from '../../src/registry/config.js';

const hash = (reference: Reference) => optionsHash(builtins(), reference);

describe('the hash of a metric’s options', () => {
  test('is the same for the defaults, written out or not, and for another name', () => {
    const full = {
      type: 'kernel-distance',
      name: 'mine',
      subset_size: 1000,
      extractor: { type: 'efficientnet-lite0' },
    };
    assert.equal(hash(full), hash('kernel-distance'));
  });

  test('differs with an option of the metric or of its extractor, and between metrics', () => {
    const all: Reference[] = [
      'kernel-distance',
      { type: 'kernel-distance', subset_size: 20 },
      { type: 'kernel-distance', extractor: { type: 'inception', path: 'a/graph.pb' } },
      { type: 'kernel-distance', extractor: { type: 'inception', path: 'a/other.pb' } },
      'precision-recall',
      { type: 'precision-recall', neighbours: 5 },
      'psnr',
    ];
    assert.equal(new Set(all.map(hash)).size, all.length);
  });

  test('counts an option that only another version knows', () => {
    assert.notEqual(hash({ type: 'psnr', crop: 2 }), hash('psnr'));
  });

  test('goes by the last part of a path, as moved files are the same files', () => {
    const at = (path: string) => hash({ type: 'kernel-distance', extractor: { type: 'inception', path } });
    assert.equal(at('/a/graph.pb'), at('/b/graph.pb'));
  });
});
