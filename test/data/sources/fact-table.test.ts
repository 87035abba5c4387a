import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContentHashes } from '../../../src/data/sources/content-hashes.js';
import { FactTable, type CachedFact } from '../../../src/data/sources/fact-table.js';
import { sha256 } from '../../../src/support/hash.js';

/** More than a column holds at first. */
const MANY = 5000;

for (const [what, textOf] of [
  ['hashes', (i: number) => sha256(i)],
  ['kinds', (i: number) => `kind ${i}`],
] as const) {
  test(`a table of ${what} returns each fact, the newer one of a name, and all in order`, () => {
    const table = new FactTable(what === 'hashes');
    const facts = Array.from(
      { length: MANY },
      (_, i) => [`${i}.jpg`, [i, i + 0.25, textOf(i)]] as [string, CachedFact],
    );
    for (const [name, fact] of facts) table.set(name, fact);
    facts[7]![1] = [1, 2, textOf(-1)];
    table.set(...facts[7]!);
    assert.deepEqual([...table], facts);
    assert.deepEqual(table.get('4999.jpg'), facts[4999]![1]);
    assert.equal(table.get('gone.jpg'), undefined);
    assert.equal(table.size, MANY);
  });
}

test('an image keeps the index of its hash in the column', () => {
  const hashes = new ContentHashes();
  for (let i = 0; i < MANY; i++) hashes.set(`${i}.jpg`, sha256(i));
  hashes.set('3.jpg', sha256(-3));
  for (let i = 0; i < MANY; i++) assert.equal(hashes.column.get(hashes.indexOf(`${i}.jpg`)!), sha256(i === 3 ? -3 : i));
  assert.deepEqual([hashes.has('3.jpg'), hashes.has('gone.jpg'), hashes.indexOf('gone.jpg')], [true, false, undefined]);
});
