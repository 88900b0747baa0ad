import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPanelPaths } from '../../../admin/security/panel-paths.ts';

const { next: nextPath, loginFor: loginPathFor } = createPanelPaths('http://panel.example');

describe('where one goes after the login', () => {
  it.each(['/admin', '/admin/', '/admin/resources/users', '/admin/resources/images?filters.status=failed&page=2#x'])(
    'is the page that was asked for: %s',
    (path) => {
      expect(nextPath(path)).toBe(path);
      expect(nextPath(new URL(loginPathFor(path), 'http://x').searchParams.get('next') ?? '/admin')).toMatch(
        /^\/admin/,
      );
    },
  );

  it('is always a page of the panel, whatever was given', () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '..',
      '.',
      '//',
      '/admin',
      'admin',
      'evil.example',
      ':',
      '@',
      '?',
      '#',
      '%2f',
      '\t',
      '\n',
      '\0',
      'javascript:',
      'http://',
      'login',
      'a',
    );
    const anything = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join('')),
      fc.webUrl(),
    );
    fc.assert(
      fc.property(anything, (given) => {
        const resolved = new URL(nextPath(given), 'http://panel.example/admin/login/');
        expect(resolved.origin).toBe('http://panel.example');
        expect(resolved.pathname).toMatch(/^\/admin(\/|$)/);
        expect(nextPath(given)).not.toMatch(/[\\\r\n\0]/);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([undefined, null, 7, ['/admin/a', '/admin/b'], {}])(
    'is the start when nothing readable was given: %j',
    (given) => {
      expect(nextPath(given)).toBe('/admin');
    },
  );

  it('is below the path that the site has', () => {
    const { next, loginFor, panel } = createPanelPaths('https://host.example/photos/');
    expect(panel).toBe('/photos/admin');
    expect(next('/photos/admin/resources/users')).toBe('/photos/admin/resources/users');
    expect(loginFor('/photos/admin/resources/users')).toBe(
      '/photos/admin/login/?next=%2Fphotos%2Fadmin%2Fresources%2Fusers',
    );
    for (const outside of [
      '/admin/resources/users',
      '/photos/administer',
      '/photos/admin/../x',
      '/photos/admin/api/x',
    ]) {
      expect(next(outside)).toBe('/photos/admin');
    }
  });
});
