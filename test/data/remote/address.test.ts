import assert from 'node:assert/strict';
import { test } from 'node:test';
import { urlIdentity, parseAddress, displayUrl } from '../../../src/data/remote/address.js';
import { ProblemError } from '../../../src/support/problem.js';

test('a displayed address contains no password, whether it is valid or not', () => {
  for (const [address, text] of [
    ['https://bob:PW@host/a.zip?sig=PW#PW', 'https://host/a.zip?...'],
    ['ftp://bob:PW@host/a.zip', 'ftp://host/a.zip'],
    ['http://bob:PW/PW@host', 'http://host'],
    ['http://bob:PW#PW@host', 'http://host'],
    ['//bob:PW@host', '//host'],
    ['bob:PW@host/sets', 'host/sets'],
    ['bob:PW//PW@host', 'host'],
    ['/data/me@home', '/data/me@home'],
  ] as const) {
    assert.equal(displayUrl(address), text);
  }
});

test('the problem of a bad address does not contain its password', () => {
  for (const address of ['ftp://bob:PW@host', 'http://bob:PW/@host', 'http://bob:PW@host:port']) {
    assert.throws(
      () => parseAddress(address),
      (error: unknown) =>
        error instanceof ProblemError && error.problems[0]!.code === 'bad-address' && !/PW/.test(error.message),
    );
  }
});

test('the identity of an address contains no password, and only a hash of its query', () => {
  assert.equal(urlIdentity('https://bob:PW@host/a.zip'), 'https://host/a.zip');
  const query = urlIdentity('https://host/a.zip?sig=PW');
  assert.match(query, /^https:\/\/host\/a\.zip\?[0-9a-f]{16}$/);
  assert.equal(urlIdentity('https://x:y@host/a.zip?sig=PW#z'), query);
  assert.notEqual(urlIdentity('https://host/a.zip?sig=other'), query);
});
