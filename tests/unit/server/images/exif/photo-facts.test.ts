import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import sharp from 'sharp';
import { findExif } from '../../../../../server/images/exif/find-exif.ts';
import { readPhotoFacts, readPhotoPosition } from '../../../../../server/images/exif/photo-facts.ts';

const camera = {
  IFD0: { Make: 'Lamp', Model: 'Lamp 3', Software: '<script>alert(1)</script>' },
  IFD2: {
    ExposureTime: '1/250',
    FNumber: '28/10',
    ISOSpeedRatings: '400',
    LensModel: '50mm f/1.8',
    DateTimeOriginal: '2024:05:01 10:11:12',
    FocalLength: '50/1',
  },
};
const place = {
  IFD3: {
    GPSLatitudeRef: 'S',
    GPSLatitude: '33/1 30/1 0/1',
    GPSLongitudeRef: 'E',
    GPSLongitude: '13/1 15/1 0/1',
    GPSAltitude: '34/1',
  },
};

function photo(exif: object, { format = 'jpeg' as 'jpeg' | 'png' | 'webp' | 'avif', size = 40 } = {}) {
  return sharp(randomBytes(size * size * 3), { raw: { width: size, height: size, channels: 3 } })
    .withExif(exif)
    [format](format === 'webp' ? { lossless: true } : {})
    .toBuffer();
}

describe('the facts of a photo', () => {
  it.each(['jpeg', 'png', 'webp', 'avif'] as const)(
    'come from the EXIF of a %s, never its position',
    async (format) => {
      const bytes = await photo({ ...camera, ...place }, { format });
      const { facts, hasPosition } = readPhotoFacts(bytes);
      expect(facts).toMatchObject({
        camera: 'Lamp 3',
        lens: '50mm f/1.8',
        takenAt: '2024-05-01 10:11:12',
        exposure: '1/250 s',
        aperture: 'f/2.8',
        sensitivity: 'ISO 400',
        focalLength: '50 mm',
        orientation: 1,
        dimensions: '40 × 40',
        software: '<script>alert(1)</script>',
      });
      expect(hasPosition).toBe(true);
      expect(JSON.stringify(facts)).not.toMatch(/33|13\.|latitude/i);
    },
  );

  it('are none for a picture without EXIF, and for what is no picture', async () => {
    const plain = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#123' } })
      .png()
      .toBuffer();
    for (const bytes of [plain, Buffer.from('not a picture'), Buffer.alloc(0)]) {
      expect(readPhotoFacts(bytes)).toEqual({ facts: {}, hasPosition: false });
      expect(readPhotoPosition(bytes)).toBeNull();
    }
  });

  it('are short and without control characters, whatever stands in the file', async () => {
    const { facts } = readPhotoFacts(await photo({ IFD0: { Make: 'A\u0007\u007f'.padEnd(5_000, 'b') } }));
    expect(facts.camera).toMatch(/^[Ab]{1,120}$/);
  });

  it('of damaged bytes are nothing worse than missing', async () => {
    const whole = await photo({ ...camera, ...place });
    const damage = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(damage, fc.nat(whole.length), (changes, length) => {
        const bytes = Buffer.from(whole.subarray(0, length));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        for (const value of Object.values(readPhotoFacts(bytes).facts)) expect(String(value).length).toBeLessThan(260);
        const position = readPhotoPosition(bytes);
        if (position) expect(Math.abs(position.latitude)).toBeLessThanOrEqual(90);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the position of a photo', () => {
  it('is in degrees, south and west negative', async () => {
    expect(readPhotoPosition(await photo({ ...camera, ...place }))).toEqual({
      latitude: -33.5,
      longitude: 13.25,
      altitude: '34 m',
    });
  });

  /** sharp writes every reference as 0; this is the entry of the tag in the file, in either byte order. */
  function setAltitudeReference(bytes: Buffer, reference: number): Buffer {
    for (const entry of ['0500010001000000', '0005000100000001']) {
      const at = bytes.indexOf(Buffer.from(entry, 'hex'));
      if (at >= 0) bytes[at + 8] = reference;
    }
    return bytes;
  }

  it.each([
    [0, '34/1', '34 m'],
    [1, '255/2', '-127.5 m'],
    [2, '34/1', '34 m'],
    [3, '34/1', '-34 m'],
    [1, '0/1', '0 m'],
    [0, '34/0', undefined],
  ])('has the sign of its altitude: reference %d and %s are %s', async (reference, GPSAltitude, altitude) => {
    const bytes = await photo({ IFD3: { ...place.IFD3, GPSAltitudeRef: '0', GPSAltitude } });
    expect(readPhotoPosition(setAltitudeReference(bytes, reference))?.altitude).toBe(altitude);
  });

  it('is none at 0, 0, which devices without a fix write; on the equator or the first meridian it is one', async () => {
    const at = async (GPSLatitude: string, GPSLongitude: string) =>
      readPhotoPosition(await photo({ IFD3: { ...place.IFD3, GPSLatitude, GPSLongitude } }));
    expect(await at('0/1 0/1 0/1', '0/1 0/1 0/1')).toBeNull();
    expect(await at('0/1 0/1 0/1', '13/1 0/1 0/1')).toMatchObject({ longitude: 13 });
    expect(await at('33/1 0/1 0/1', '0/1 0/1 0/1')).toMatchObject({ latitude: -33, longitude: 0 });
  });
});

describe('the EXIF of a file', () => {
  it('is found behind the picture of a big WebP by reading a few pieces', async () => {
    const bytes = await photo({ ...camera, ...place }, { format: 'webp', size: 300 });
    expect(bytes.length).toBeGreaterThan(80 * 1024);
    let readBytes = 0;
    const exif = await findExif(
      async (start, length) => {
        readBytes += length;
        return bytes.subarray(start, start + length);
      },
      bytes.length,
      'image/webp',
    );
    expect(readPhotoFacts(exif).facts.camera).toBe('Lamp 3');
    expect(readPhotoPosition(exif)?.latitude).toBe(-33.5);
    expect(readBytes).toBeLessThan(2_000);
  });

  it('is looked for in the first 80 KB of every other file, and no further', async () => {
    const asked: [number, number][] = [];
    const read = async (start: number, length: number) => {
      asked.push([start, length]);
      return Buffer.alloc(0);
    };
    await findExif(read, 50_000_000, 'image/jpeg');
    await findExif(read, 500, 'image/webp');
    expect(asked).toEqual([
      [0, 81_920],
      [0, 500],
    ]);
  });

  it('is given up on for a WebP whose pieces lead nowhere', async () => {
    let reads = 0;
    const chunk = Buffer.from('ANMF\0\0\0\0', 'latin1');
    const read = async () => {
      reads += 1;
      return chunk;
    };
    expect(await findExif(read, 50_000_000, 'image/webp')).toHaveLength(0);
    expect(reads).toBeLessThan(30);
  });
});
