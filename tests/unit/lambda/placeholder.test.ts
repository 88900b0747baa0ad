import { describe, expect, it } from '@jest/globals';
import { thumbHashToRGBA } from 'thumbhash';
import { type Pixels, placeholderOf } from '../../../lambda/placeholder.ts';

function pixels(width: number, height: number, at: (x: number, y: number) => readonly number[]): Pixels {
  const channels = at(0, 0).length as 3 | 4;
  const data = Buffer.alloc(width * height * channels);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data.set(at(x, y), (y * width + x) * channels);
  }
  return { data, width, height, channels };
}

function shown(picture: Pixels) {
  const { w, h, rgba } = thumbHashToRGBA(Buffer.from(placeholderOf(picture), 'base64'));
  const at = (x: number, y: number) => [...rgba.subarray((y * w + x) * 4, (y * w + x) * 4 + 4)];
  return { left: at(1, h >> 1), right: at(w - 2, h >> 1), w, h };
}

const [red, blue] = [
  [200, 20, 20],
  [20, 20, 200],
];

describe('the placeholder', () => {
  it.each([
    [20, 30],
    [47, 48],
    [49, 40],
    [3000, 2000],
  ])('of one colour, %i x %i, is of that colour', (width, height) => {
    const { left, right } = shown(pixels(width, height, () => [40, 120, 200]));
    for (const colour of [left, right]) {
      [40, 120, 200, 255].forEach((value, index) => {
        expect(Math.abs((colour[index] ?? Number.NaN) - value)).toBeLessThan(12);
      });
    }
  });

  it.each([60, 300, 2400])('has its colours where a picture %i pixels wide has them', (width) => {
    const { left, right } = shown(pixels(width, Math.round(width / 2), (x) => (x < width / 2 ? red : blue)));
    expect(left[0]).toBeGreaterThan((left[2] ?? 255) + 80);
    expect(right[2]).toBeGreaterThan((right[0] ?? 255) + 80);
  });

  it.each([
    [1, 1],
    [1, 300],
    [8192, 16],
  ])('is there for a picture of %i x %i', (width, height) => {
    const { w, h } = shown(pixels(width, height, () => red));
    expect(Math.sign(w - h)).toBe(Math.sign(width - height));
  });

  it('takes no colour from what is transparent', () => {
    const { left, right } = shown(pixels(200, 100, (x) => (x % 2 === 0 ? [...red, 255] : [...blue, 0])));
    for (const colour of [left, right]) {
      expect(colour[0]).toBeGreaterThan(150);
      expect(colour[2]).toBeLessThan(70);
    }
  });
});
