import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileName } from '../../../src/data/images/icc.js';

/** A profile of version 2 that contains only a name. */
function named(name: string): Buffer {
  const icc = Buffer.alloc(144 + 12 + name.length + 1);
  icc.writeUInt32BE(1, 128);
  icc.write('desc', 132);
  icc.writeUInt32BE(144, 136);
  icc.writeUInt32BE(icc.length - 144, 140);
  icc.write('desc', 144);
  icc.writeUInt32BE(name.length + 1, 152);
  icc.write(name, 156);
  return icc;
}

test('the word profile is removed from the end of a profile’s name', () => {
  for (const [name, expected] of [
    ['sRGB Profile', 'sRGB'],
    ['Camera RGB profile ', 'Camera RGB'],
    ['Display P3', 'Display P3'],
    ['Profile', 'unnamed'],
    ['Profile of mine', 'Profile of mine'],
    ['Lowprofile', 'Lowprofile'],
  ] as const) {
    assert.equal(profileName(named(name)), expected);
  }
});
