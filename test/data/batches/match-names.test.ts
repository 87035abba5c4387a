import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchNames } from '../../../src/data/batches/match-names.js';

/** The matches as text: `1=1` for the second of A and the second of B. */
const matched = (a: readonly string[], b: readonly string[]) =>
  matchNames(a, b)
    .map((pair) => pair.join('='))
    .join(' ');

test('images with equal names match in any position, with any extension and domain folder', () => {
  assert.equal(matched(['trainA/1.jpg', 'trainA/2.jpg'], ['trainB/1.png', 'trainB/2.png']), '0=0 1=1');
  assert.equal(matched(['trainA/1.jpg', 'trainA/3.jpg'], ['trainB/1.jpg', 'trainB/2.jpg', 'trainB/3.jpg']), '0=0 1=2');
  assert.equal(matched(['A/train/x', 'A/train/y'], ['B/train/y', 'B/train/x']), '0=1 1=0');
  assert.equal(matched(['/1.jpg', '2.jpg'], ['b/2.jpg', 'b/1.jpg']), '0=1 1=0');
});

for (const [a, b] of [
  ['1_A.jpg', '1_B.jpg'],
  ['x-a.png', 'X-B.PNG'],
  ['0001_A', '0001_B'],
  ['one.A.jpg', 'one.B.jpg'],
  ['one a.jpg', 'one b.jpg'],
  ['train/1.jpg (A)', 'train/1.jpg (B)'],
  ['Café.jpg', 'cafe\u0301.tif'],
  ['photo_A.jpg', 'photo.jpg'],
] as const) {
  test(`names match that differ only in domain suffix, case or Unicode form: ${a} and ${b}`, () => {
    // The other names ensure that this is not the only one.
    assert.equal(matched([`trainA/${a}`, 'trainA/other.jpg'], ['trainB/another.jpg', `trainB/${b}`]), '0=1');
  });
}

for (const [a, b] of [
  ['extra.jpg', 'extrb.jpg'],
  ['1_B.jpg', '1.jpg'],
  ['v1.2', 'v1.3'],
  ['1.jpg', '01.jpg'],
] as const) {
  test(`names that differ otherwise do not match: ${a} and ${b}`, () => {
    assert.equal(matched([`trainA/${a}`, 'trainA/same.jpg'], [`trainB/${b}`, 'trainB/same.jpg']), '1=1');
  });
}

test('the whole path below the domain’s folder counts', () => {
  const [a, b] = [
    ['trainA/s1/1.jpg', 'trainA/s2/1.jpg'],
    ['trainB/s2/1.jpg', 'trainB/s1/1.jpg'],
  ];
  assert.equal(matched(a, b), '0=1 1=0');
  assert.equal(matched(a, ['trainB/s2/1.png', 'trainB/s1/1.png', 'trainB/s1/9.png']), '0=1 1=0');
  // s1 has no partner, and must not get that of s2.
  assert.equal(matched(a, ['trainB/s2/1.jpg', 'trainB/s3/7.jpg']), '1=0');
  assert.equal(matched(['trainA/x/1.jpg', 'trainA/y/2.jpg'], ['trainB/2.jpg', 'trainB/1.jpg']), '0=1 1=0');
  assert.equal(matched(['trainA/s1/1.jpg', 'trainA/s2/1.jpg'], ['trainB/s3/1.jpg', 'trainB/s4/2.jpg']), '');
});

test('a name that two images share matches neither, unless their extensions differ', () => {
  assert.equal(matched(['A/1.jpg', 'A/1.png', 'A/2.jpg'], ['B/1.tif', 'B/2.jpg']), '2=1');
  assert.equal(matched(['A/1.jpg', 'A/2.jpg'], ['B/1_b.tif', 'B/1.bmp', 'B/2.jpg']), '1=2');
  assert.equal(matched(['A/1.jpg', 'A/1.png'], ['B/1.png', 'B/1.jpg']), '0=1 1=0');
  assert.equal(matched(['A/1.jpg', 'A/1_a.jpg'], ['B/1.jpg']), '0=0');
  assert.equal(matched(['A/1_a.jpg'], ['B/1_a.jpg', 'B/1.jpg']), '0=0');
  assert.equal(matched(['A/1_b.jpg', 'A/1.jpg'], ['B/1_b.jpg']), '0=0');
});

test('text around all names of a domain is ignored if each image then has a partner', () => {
  assert.equal(matched(['A/day_08.jpg', 'A/day_09.jpg'], ['B/night_09.jpg', 'B/night_08.jpg']), '0=1 1=0');
  assert.equal(matched(['1_photo.png', '2_photo.png'], ['1_label.png', '2_label.png']), '0=0 1=1');
  assert.equal(matched(['A_1.png', 'A_2.png'], ['B_2.png', 'B_1.png']), '0=1 1=0');
  assert.equal(matched(['1_B.png', '2_B.png'], ['1_A.png', '2_A.png']), '0=0 1=1', 'domains that were exchanged');
  assert.equal(matched(['day_1', 'day_2', 'day_3'], ['night_1', 'night_2']), '', 'one is missing');
  assert.equal(matched(['day_1', 'day_2'], ['night_1', 'night_3']), '', 'another one');
  assert.equal(matched(['day_1', 'day_2'], ['night_1', 'night_2', 'night_3']), '', 'one too many');
});

test('the ignored text ends at the border of a number or a word', () => {
  assert.equal(matched(['101', '102'], ['201', '202']), '');
  assert.equal(matched(['cat', 'car'], ['hat', 'har']), '');
  assert.equal(matched(['n1_7', 'n1_8'], ['n2_7', 'n2_8']), '0=0 1=1');
  assert.equal(matched(['13', '23'], ['14', '24']), '');
});

test('positions in the lists never count', () => {
  assert.equal(matched(['A/IMG_1.jpg', 'A/IMG_2.jpg'], ['B/DSC_7001.jpg', 'B/DSC_7002.jpg']), '');
  assert.equal(matched(['A/day.jpg'], ['B/night.jpg']), '');
  assert.equal(matched([], ['B/night.jpg']), '');
});
