import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { clusterIdOf, memberIdOf } from '../../../src/core/ids.ts';

const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();

describe('member and cluster ids', () => {
  const rows: [string, string, string][] = [
    ['http://localhost:2380', '8e9e05c52164694d', 'cdf818194e3a8c32'],
    ['http://127.0.0.1:5480', '602001911c6bc2a8', '515289bfba4a21fa'],
    ['http://127.0.0.1:5580', '3cd800aacb397738', 'cd0afc6de1f4278d'],
    ['http://127.0.0.1:3480', '121547007ec4d965', 'ac256b9f2c8341dc'],
  ];
  for (const [url, member, cluster] of rows) {
    it(`of a single member at ${url} are etcd's`, () => {
      const id = memberIdOf({ peerURLs: [url], token: 'etcd-cluster' }, sha1);
      assert.equal(id.toString(16), member);
      assert.equal(clusterIdOf([id], sha1).toString(16), cluster);
    });
  }

  it('do not depend on the order of URLs and members', () => {
    const urls = ['http://b:1', 'http://a:1'];
    const one = memberIdOf({ peerURLs: urls, token: 't' }, sha1);
    assert.equal(one, memberIdOf({ peerURLs: [...urls].reverse(), token: 't' }, sha1));
    assert.equal(clusterIdOf([1n, 2n], sha1), clusterIdOf([2n, 1n], sha1));
    assert.notEqual(one, memberIdOf({ peerURLs: urls, token: 't', addedAt: 1 }, sha1));
  });
});
