import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outputName } from '../../../src/translation/outputs/output-name.js';

const name = (input: string, format: Parameters<typeof outputName>[1], namesake = false) =>
  outputName({ name: input, hasNamesake: () => Promise.resolve(namesake) }, format);

test('a translation keeps its input’s name where that has the format’s extension', async () => {
  for (const kept of ['a/b.JPG', 'b.jpeg', 'b.tiff', 'b.png', 'b.webp', 'b.avif'])
    assert.equal(await name(kept, 'keep'), kept);
  assert.equal(await name('b.jpeg', 'jpeg', true), 'b.jpeg');
});

test('a translation in another format gets that format’s extension', async () => {
  assert.equal(await name('a/b.jpg', 'png'), 'a/b.png');
  assert.equal(await name('b.png', 'jpeg'), 'b.jpg');
});

test('an input of a format that is not written becomes a PNG', async () => {
  for (const input of ['b.gif', 'b.bmp', 'b.svg', 'b']) assert.equal(await name(input, 'keep'), 'b.png');
  assert.equal(await name('folder.d/b', 'keep'), 'folder.d/b.png');
});

test('of two inputs that would get one name, both keep their extension in it', async () => {
  assert.equal(await name('a/b.gif', 'keep', true), 'a/b.gif.png');
  assert.equal(await name('a/b.bmp', 'keep', true), 'a/b.bmp.png');
});
