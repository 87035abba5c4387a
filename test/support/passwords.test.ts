import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropPasswords, hidePasswords } from '../../src/support/passwords.js';

test('passwords of addresses are hidden anywhere in a text', () => {
  for (const [text, hidden] of [
    ['http://bob:word@host/set.zip', 'http://***@host/set.zip'],
    ['https://token@host', 'https://***@host'],
    ['dataset.mirror=HTTP://bob:100%@host:8080/', 'dataset.mirror=HTTP://***@host:8080/'],
    ['http://bob:wo@rd and more@host', 'http://***@host'],
    ['http://host and http://bob:word@host', 'http://host and http://***@host'],
    ['[ftp://a:b@c, "ftp://d:e@f/"]', '[ftp://***@c, "ftp://***@f/"]'],
  ] as const) {
    assert.equal(hidePasswords(text), hidden);
  }
});

test('other parts of a text are unchanged', () => {
  for (const text of ['http://host/~a@b/c', 'http://host?mail=a@b', 'a@b.org', '//a@b', '../me@home/x', '']) {
    assert.equal(hidePasswords(text), text);
    assert.equal(dropPasswords(text), text);
  }
});

test('passwords are hidden in a copy of any JSON value', () => {
  const value = Object.freeze({ a: ['http://a:b@c', 1, null, true], b: { c: 'http://d@e/' } });
  assert.deepEqual(hidePasswords(value), { a: ['http://***@c', 1, null, true], b: { c: 'http://***@e/' } });
  assert.deepEqual(dropPasswords(value), { a: ['http://c', 1, null, true], b: { c: 'http://e/' } });
  assert.equal(value.b.c, 'http://d@e/');
});
