import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { proxyFor } from '../../../src/support/http/proxy.js';
import { ProblemError } from '../../../src/support/problem.js';

describe('the proxy for an address', () => {
  const of = (address: string, env: Record<string, string>) => proxyFor(new URL(address), env)?.href;

  test('is read from the environment, in upper or lower case', () => {
    assert.equal(of('http://a.org/x', {}), undefined);
    assert.equal(of('http://a.org/x', { HTTP_PROXY: 'http://p:1' }), 'http://p:1/');
    assert.equal(of('http://a.org/x', { http_proxy: 'http://p:1' }), 'http://p:1/');
    assert.equal(of('http://a.org/x', { HTTPS_PROXY: 'http://p:1' }), undefined);
    assert.equal(of('https://a.org/x', { HTTPS_PROXY: 'http://p:1' }), 'http://p:1/');
    assert.equal(of('https://a.org/x', { https_proxy: 'p:8080' }), 'http://p:8080/');
    assert.equal(of('https://a.org/x', { HTTPS_PROXY: '' }), undefined);
  });

  test('is none for addresses in NO_PROXY', () => {
    const through = (address: string, list: string) => of(address, { http_proxy: 'p:1', no_proxy: list }) !== undefined;
    for (const list of ['a.org', '.org', '*.a.org', 'x.y, A.ORG', 'a.org:80', '*']) {
      assert.equal(through('http://a.org/x', list), false, list);
    }
    for (const list of ['', 'b.org', 'a.org:8080', 'ba.org', 'rg'])
      assert.equal(through('http://a.org/x', list), true, list);
    assert.equal(through('http://sub.a.org/', 'a.org'), false);
    assert.equal(through('http://bada.org/', 'a.org'), true);
  });

  test('is reported, without its password, if its kind is unsupported', () => {
    const call = () => of('http://a.org', { HTTP_PROXY: 'socks5://me:geheim@p:1' });
    assert.throws(call, (error: unknown) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.problems[0]!.code, 'bad-proxy');
      assert.doesNotMatch(error.message, /geheim/);
      return true;
    });
  });
});
