import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Settings } from '../../src/platform/settings.ts';

describe('settings', () => {
  it('reads URLs without the slash at their end', () => {
    const settings = new Settings({ A_URL: 'https://a.example/base/' });
    assert.equal(settings.url('A_URL', 'http://a'), 'https://a.example/base');
    assert.equal(settings.url('B_URL', 'http://b'), 'http://b');
    assert.deepEqual(settings.problems, []);
  });

  for (const value of ['catalog:80', 'ftp://a', 'http://', 'http://user:secret@a']) {
    it(`refuses ${value} as a URL and does not repeat it`, () => {
      const settings = new Settings({ A_URL: value });
      settings.url('A_URL', 'http://a');
      assert.equal(settings.problems.length, 1);
      assert.match(settings.problems[0] ?? '', /^A_URL: /);
      assert.ok(!settings.problems[0]?.includes(value));
    });
  }

  for (const value of ['1.5', '70000', '0', 'x', '-1', '1e3']) {
    it(`refuses ${value} as a port`, () => {
      const settings = new Settings({ PORT: value });
      settings.port('PORT', 80);
      assert.equal(settings.problems.length, 1);
    });
  }
});
