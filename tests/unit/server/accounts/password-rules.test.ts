import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCommonPasswords } from '../../../../server/accounts/common-passwords.ts';
import { checkPassword, isCommonPassword, isOverlong } from '../../../../server/accounts/password-rules.ts';

describe('checkPassword', () => {
  it.each([
    ['correct horse battery staple'],
    ['sTHrUGvbP4fj'],
    ['ünïcödé-für-älle'],
    ['🦊🐻🐼🦁🐯🦄🐙🦋🐢🦀🐳🦩'],
    ['            spaces  at both ends   '],
    ['abcdefghijklmnopqrstuvwxyz'.repeat(3).slice(0, 64)],
    ['a'.repeat(64)],
    ['x'.repeat(1024)],
    ['🦊'.repeat(1024)],
    ['test-password-for-alice'],
    ['Wonderland-2026'],
    ['48213977-cat-2210941'],
  ])('accepts number %#', (password) => {
    expect(checkPassword(password, 'alice')).toEqual([]);
  });

  it.each([
    ['', 'at least 12'],
    ['short', 'at least 12'],
    ['sTHrUGvbP4f', 'at least 12'],
    ['🦊🐻🐼🦁🐯🦄🐙🦋🐢🦀🐳', 'at least 12'],
    ['y'.repeat(1025), 'at most 1024'],
    ['🦊'.repeat(1025), 'at most 1024'],
    ['z'.repeat(1_000_000), 'at most 1024'],
  ])('counts characters of %#', (password, message) => {
    expect(checkPassword(password, 'alice').join()).toContain(message);
  });

  it.each([
    'password1234',
    'PASSWORD1234',
    'Password123!',
    'P@ssw0rd1234',
    'qwertyuiop123',
    '123456789012',
    '1234567890123',
    '111111111111',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'testtesttest',
    'passwordpassword',
    'qwerty123456',
    'administrator',
    'Administrator1',
    'abcdefghijkl',
    'qwertyasdfgh',
    'iloveyou1234',
    'changeme2026!',
    'ｐａｓｓｗｏｒｄ１２３４',
    '1q2w3e4r5t6y',
  ])('refuses %s as common', (password) => {
    expect(checkPassword(password, 'alice').join()).toContain('common');
  });

  it.each([
    ['alexandrasmith', 'alexandrasmith'],
    ['AlexandraSmith', 'alexandrasmith'],
    ['alice'.repeat(3), 'Alice'],
    ['Ａlexandrasmith', 'alexandrasmith'],
  ])('refuses %s for %s', (password, username) => {
    expect(checkPassword(password, username)).toEqual(['The password must not be the username.']);
  });

  it('accepts a password that only contains the username, and any for an empty one', () => {
    expect(checkPassword('alice-in-the-darkroom', 'alice')).toEqual([]);
    expect(checkPassword('tmrkGXNPo2qf', '')).toEqual([]);
  });

  it('knows over 3,000 common passwords that are long enough (OWASP ASVS 5.0, 6.2.4)', () => {
    const { longOnes } = readCommonPasswords();
    expect(longOnes.size).toBeGreaterThan(3_000);
    for (const password of longOnes) if (!isCommonPassword(password.toUpperCase())) throw new Error(password);
  });

  it('answers in words, in bounded time, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_100 }), fc.string(), (password, username) => {
        const faults = checkPassword(password, username);
        const characters = [...password].length;
        expect(faults.length > 0 || (characters >= 12 && characters <= 1024)).toBe(true);
        expect(isOverlong(password)).toBe(characters > 1024);
      }),
    );
  });

  it('does not take random passwords for common ones', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9]{16}$/), (password) => {
        fc.pre(new Set(password).size > 8);
        expect(isCommonPassword(password)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
