import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainText } from '../../../src/core/terminal-text.ts';

it.each([
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001b]0;title\u0007text', 'text'],
  ['\u001b]8;;http://example.com\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['a\u0007b\rc', 'abc'],
  ['tab\tand\nline stay, ünïcode too', 'tab\tand\nline stay, ünïcode too'],
  ['\u202egnirts', 'gnirts'],
])('makes %j plain', (text, plain) => expect(plainText(text)).toBe(plain));

it('never leaves a control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(plainText(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    }),
  );
});
