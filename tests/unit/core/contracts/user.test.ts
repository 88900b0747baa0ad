import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createUserSchema, emailSchema, normalizeUsername, usernameSchema } from '../../../../core/contracts/user.ts';

describe('usernames (as Django’s)', () => {
  it.each([
    ['alice', 'alice'],
    ['Alice', 'Alice'],
    ['a', 'a'],
    ['a.b@c+d-e_f', 'a.b@c+d-e_f'],
    ['josé', 'josé'],
    ['jose\u0301', 'josé'],
    ['Ａｌｉｃｅ', 'Alice'],
    ['ﬁona', 'fiona'],
    ['Ⅷ', 'VIII'],
    ['日本語', '日本語'],
    ['пользователь42', 'пользователь42'],
    ['٣', '٣'],
    ['𝔸lice', 'Alice'],
    ['x'.repeat(150), 'x'.repeat(150)],
    ['𐐀'.repeat(150), '𐐀'.repeat(150)],
    [' alice', 'alice'],
    ['alice\r\n', 'alice'],
    [`${' '.repeat(200)}${'x'.repeat(150)}\t`, 'x'.repeat(150)],
  ])('takes %s', (typed, kept) => {
    expect(normalizeUsername(typed)).toBe(kept);
    expect(usernameSchema.parse(typed)).toBe(kept);
  });

  it.each([
    [''],
    [' '],
    ['a b'],
    ['\u3000\t\u200b'],
    ['al ice '],
    ['a\u0000b'],
    ['a\u200bb'],
    ['a\u00a0b'],
    ['a\u202eb'],
    ['a/b'],
    ['a\\b'],
    ['a<b>'],
    ["a'b"],
    ['a"b'],
    ['a%b'],
    ['a:b'],
    ['a#b'],
    ['a,b'],
    ['🦊'],
    ['\ud800'],
    ['½ is 1⁄2'],
    ['x'.repeat(151)],
    ['ﷺ'.repeat(20)],
    ['x'.repeat(1_000_000)],
  ])('refuses %#', (typed) => {
    expect(normalizeUsername(typed)).toBeNull();
    expect(usernameSchema.safeParse(typed).success).toBe(false);
  });

  const allowed = fc.stringMatching(/^[\p{L}\p{N}_.@+-]{1,40}$/u);

  it('keeps what it gave back, and what it gave back has the form', () => {
    fc.assert(
      fc.property(fc.oneof(allowed, fc.string({ unit: 'binary' }), fc.string()), (typed) => {
        const kept = normalizeUsername(typed);
        if (kept === null) return;
        expect(kept).toMatch(/^[\p{L}\p{N}_.@+-]{1,150}$/u);
        expect(normalizeUsername(kept)).toBe(kept);
        expect(kept).toBe(kept.normalize('NFKC'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves out every kind of white space that is pasted around a name, and no other character', () => {
    const spaces = [
      ...'\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
      ...'\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u180e\u00ad\u2800',
    ];
    for (const space of spaces) {
      expect([space, normalizeUsername(`${space}alice${space}${space}`)]).toEqual([space, 'alice']);
      expect([space, normalizeUsername(`al${space}ice`)]).toEqual([space, null]);
    }
    for (const other of '\0/\\<>"\'`#%&*()=[]{}|^~,;:?!$') expect(normalizeUsername(`alice${other}`)).toBeNull();
    const padding = fc.array(fc.constantFrom(...spaces), { maxLength: 20 }).map((characters) => characters.join(''));
    fc.assert(
      fc.property(padding, allowed, padding, (before, name, after) => {
        expect(normalizeUsername(before + name + after)).toBe(normalizeUsername(name));
      }),
    );
  });

  it('takes any letters and digits, and refuses them with anything else between', () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z\p{Nd}_.@+-]{1,140}$/u), (name) => normalizeUsername(name) !== null));
    const other = fc.constantFrom(...' \t\n\0/\\<>"\'`#%&*()=[]{}|^~,;:?!$\u200b\u2028\ufeff');
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{1,20}$/), other, fc.stringMatching(/^[a-z0-9]{1,20}$/), (a, sign, b) => {
        expect(normalizeUsername(a + sign + b)).toBeNull();
      }),
    );
  });
});

describe('a new user', () => {
  it('gets what is usual', () => {
    expect(createUserSchema.parse({ username: 'alice' })).toEqual({
      username: 'alice',
      email: '',
      password: null,
      isActive: true,
      isStaff: false,
      isSuperuser: false,
      groupIds: [],
      permissions: [],
    });
  });

  it.each([
    ['a field that nobody may write', { username: 'a', passwordHash: 'x' }],
    ['a field of the account’s life', { username: 'a', tokenGeneration: 5 }],
    ['a flag as text', { username: 'a', isSuperuser: 'true' }],
    ['no name', {}],
    ['a tier that is no id', { username: 'a', tierId: 'Basic' }],
  ])('is refused with %s', (_, input) => {
    expect(createUserSchema.safeParse(input).success).toBe(false);
  });

  it.each([
    ['', true],
    ['a@example.org', true],
    ['first.last+tag@sub.example.org', true],
    [`${'x'.repeat(60)}@${'y'.repeat(180)}.org`, true],
    [`${'x'.repeat(60)}@${`${'y'.repeat(60)}.`.repeat(4)}org`, false],
    ['a@b', false],
    ['a', false],
    ['a@example.org\n', false],
    ['Name <a@example.org>', false],
    ['a@example.org,b@example.org', false],
    [' ', false],
  ])('has an e-mail address or none: %j', (email, isFine) => {
    const parsed = emailSchema.safeParse(email);
    expect(parsed.success).toBe(isFine);
    if (!parsed.success) expect(parsed.error.issues[0]!.message).toBe('This is not an e-mail address.');
  });
});
