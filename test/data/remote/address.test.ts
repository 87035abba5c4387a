import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityOf, parseAddress, shown } from '../../../src/data/remote/address.js';
import { ProblemError } from '../../../src/support/problem.js';

test('what is shown has no password, be it an address or not', () => {
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
    assert.equal(shown(address), text);
  }
});

test('a bad address is told without its password', () => {
  for (const address of ['ftp://bob:PW@host', 'http://bob:PW/@host', 'http://bob:PW@host:port']) {
    assert.throws(
      () => parseAddress(address),
      (error: unknown) =>
        error instanceof ProblemError && error.problems[0]!.code === 'bad-address' && !/PW/.test(error.message),
    );
  }
});

test('what is there is known without passwords, and by no more than a hash of what follows the question mark', () => {
  assert.equal(identityOf('https://bob:PW@host/a.zip'), 'https://host/a.zip');
  const query = identityOf('https://host/a.zip?sig=PW');
  assert.match(query, /^https:\/\/host\/a\.zip\?[0-9a-f]{16}$/);
  assert.equal(identityOf('https://x:y@host/a.zip?sig=PW#z'), query);
  assert.notEqual(identityOf('https://host/a.zip?sig=other'), query);
});
