import { describe, expect, it } from '@jest/globals';
import { sayIn } from '../../../../admin/locale/say-in.ts';

const pictures = { one: '{{count}} picture of {{name}}', other: '{{count}} pictures of {{name}}' };

describe('the words of the panel', () => {
  it('are English where a language lacks them', () => {
    expect(sayIn('de', { Save: 'Speichern' })('Cancel')).toBe('Cancel');
    expect(sayIn('de', { Save: 'Speichern' })('Save')).toBe('Speichern');
  });

  it('have their values put in as they are', () => {
    expect(sayIn('en-US')('By {{name}} on {{day}}', { name: '$& {{day}}', day: 'Monday' })).toBe(
      'By $& {{day}} on Monday',
    );
  });

  it('have the form that the language has for a number', () => {
    const english = sayIn('en-US');
    expect(english.count(1, pictures, { name: 'it' })).toBe('1 picture of it');
    expect(english.count(1240, pictures, { name: 'it' })).toBe('1,240 pictures of it');
    const polish = sayIn('pl', {
      [pictures.other]: { one: '{{count}} zdjęcie', few: '{{count}} zdjęcia', other: '{{count}} zdjęć' },
    });
    expect([1, 3, 5].map((count) => polish.count(count, pictures))).toEqual(['1 zdjęcie', '3 zdjęcia', '5 zdjęć']);
  });
});
