import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { machine, ratios, row } from '../../bench/report.js';
import { table } from '../../bench/table.js';
import { result } from './rig.js';

const ours = result('ours', { seconds: [1, 2, 3], launches: 1300, peakMb: 500, startupSeconds: 4, facts: { node: '20' } }); // prettier-ignore
const torch = result('pytorch', { seconds: [2, 3, 9], peakMb: 400, gpuMb: 2100, facts: { torch: '2' } });
const broken = result('tensorflow', { seconds: [1], notMeasured: { why: 'it went away', isSkipped: false } });

describe('a report', () => {
  test('has a row for each contestant, with the median, the range and the peak memory', () => {
    const { seconds, range, rounds, peakMb, size, precision } = row(ours);
    assert.deepEqual(
      { seconds, range, rounds, peakMb, size, precision },
      {
        ...{ seconds: 2, range: [1, 3], rounds: [1, 2, 3], peakMb: 500, size: 32, precision: 'float32' },
      },
    );
  });

  test('compares peers with ours: their time divided by ours, our memory by theirs', () => {
    assert.deepEqual(ratios([row(torch), row(ours)]), {
      'resnet1@32 float32 pytorch/ours': { speed: 1.5, medianOfRounds: 2, range: [1.5, 3], rounds: 3, memory: 1.25 },
    });
  });

  test('explains why a row was not measured, and does not compare it', () => {
    const rows = [row(ours), row(broken)];
    assert.equal(rows[1]!.seconds, null);
    assert.equal(rows[1]!.notMeasured, 'it went away');
    assert.deepEqual(ratios(rows), {});
    assert.deepEqual(
      ratios([row({ ...ours, seconds: [], notMeasured: { why: '', isSkipped: true } }), row(torch)]),
      {},
    );
  });

  test('has the versions of each contestant', () => {
    assert.deepEqual(machine([ours, torch, broken], 0)['software'], {
      ours: { node: '20' },
      pytorch: { torch: '2' },
      tensorflow: {},
    });
  });

  test('can be printed as a table', () => {
    const rows = [ours, torch, broken].map((one) => row(one));
    const text = table({ machine: machine([], 0), rows, ratios: ratios(rows) });
    assert.match(text, /resnet1@32 +step +float32 +ours +2\.00 +1\.00 - 3\.00 +1300 +500 +4\.0\n/);
    assert.match(text, /pytorch +3\.00 +2\.00 - 9\.00 +400 +2100 +1\.50 +1\.50 - 3\.00 +1\.25\n/);
    assert.match(text, /not measured: resnet1@32 step float32, tensorflow: it went away$/);
  });
});
