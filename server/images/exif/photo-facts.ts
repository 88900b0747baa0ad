import ExifReader, { type ExifTags, type ExpandedTags } from 'exifreader';

/** What a camera wrote into a picture, as short texts; what it did not write, or wrote as nonsense, is left out. */
export interface PhotoFacts {
  camera?: string;
  lens?: string;
  /** The camera's own clock, `2024-05-01 10:11:12`, with an offset from UTC when the camera gave one. */
  takenAt?: string;
  exposure?: string;
  aperture?: string;
  sensitivity?: string;
  focalLength?: string;
  flash?: string;
  /** EXIF 3.0, 4.6.5: 1 is upright, 6 is to be turned clockwise by 90 degrees. */
  orientation?: number;
  /** Pixels, as they were stored: before the orientation. */
  dimensions?: string;
  software?: string;
}

/** Where a picture was taken: degrees, north and east are positive. */
export interface PhotoPosition {
  latitude: number;
  longitude: number;
  /** From sea level, negative below it: `34 m`, `-12.5 m`. */
  altitude?: string;
}

export interface ReadPhoto {
  facts: PhotoFacts;
  /** There is something about the place. */
  hasPosition: boolean;
}

const pointer = 'GPS Info IFD Pointer';
const names: (keyof ExifTags | typeof pointer)[] = [
  'Make',
  'Model',
  'LensMake',
  'LensModel',
  'DateTimeOriginal',
  'OffsetTimeOriginal',
  'ExposureTime',
  'FNumber',
  'ISOSpeedRatings',
  'FocalLength',
  'Flash',
  'Orientation',
  'Software',
  'PixelXDimension',
  'PixelYDimension',
  pointer,
];

/**
 * Reads the EXIF of the beginning of a file, or an EXIF block alone. The tags of a position are not even looked at. The
 * bytes are whatever somebody sent: every text that comes out is short, and may be anything that is no control character.
 */
export function readPhotoFacts(bytes: Uint8Array): ReadPhoto {
  const tags = load(bytes, { exif: names })?.exif ?? {};
  const text = (name: keyof ExifTags) => clean((tags[name] as Tag | undefined)?.description);
  const facts = {
    camera: joined(text('Make'), text('Model')),
    lens: joined(text('LensMake'), text('LensModel')),
    takenAt: moment(text('DateTimeOriginal'), text('OffsetTimeOriginal')),
    exposure: withUnit(text('ExposureTime'), 's'),
    aperture: text('FNumber'),
    sensitivity: text('ISOSpeedRatings') && `ISO ${text('ISOSpeedRatings')}`,
    focalLength: text('FocalLength'),
    flash: text('Flash'),
    orientation: orientation((tags.Orientation as Tag | undefined)?.value),
    dimensions: dimensions(text('PixelXDimension'), text('PixelYDimension')),
    software: text('Software'),
  };
  const known = Object.entries(facts).filter(([, value]) => value !== undefined && value !== '');
  return { facts: Object.fromEntries(known), hasPosition: Object.hasOwn(tags, pointer) };
}

/**
 * The position alone; null when none can be read. Devices without a fix write zeros: 0° N 0° E, a point in the Atlantic, is
 * read as none.
 */
export function readPhotoPosition(bytes: Uint8Array): PhotoPosition | null {
  const tags = load(bytes, { gps: true, exif: ['GPSAltitude', 'GPSAltitudeRef'] });
  const { Latitude: latitude, Longitude: longitude } = tags?.gps ?? {};
  if (!isWithin(latitude, 90) || !isWithin(longitude, 180)) return null;
  if (latitude === 0 && longitude === 0) return null;
  const altitude = altitudeOf(tags?.exif ?? {});
  return { latitude, longitude, ...(altitude === undefined ? {} : { altitude }) };
}

/** `GPSAltitudeRef` holds the sign: 1 is below sea level, 3 (EXIF 3.0, 4.6.6) below the ellipsoid. */
function altitudeOf({ GPSAltitude, GPSAltitudeRef }: Pick<ExifTags, 'GPSAltitude' | 'GPSAltitudeRef'>) {
  const [numerator, denominator] = Array.isArray(GPSAltitude?.value) ? (GPSAltitude.value as unknown[]) : [];
  const metres = Math.round((Number(numerator) / Number(denominator)) * 10) / 10;
  if (!Number.isFinite(metres)) return undefined;
  const reference = (GPSAltitudeRef as Tag | undefined)?.value;
  const isBelow = [1, 3].includes(Number(reference));
  return `${isBelow && metres !== 0 ? -Math.abs(metres) : metres} m`;
}

type Tag = { description?: unknown; value?: unknown };
type Wanted = NonNullable<NonNullable<Parameters<typeof ExifReader.load>[1]>['includeTags']>;

/** Without `async`, so that nothing compressed is unpacked. A file that cannot be read has no tags. */
function load(bytes: Uint8Array, includeTags: Wanted): ExpandedTags | null {
  try {
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    return ExifReader.load(buffer, { expanded: true, includeTags });
  } catch {
    return null;
  }
}

const mostCharacters = 120;

function clean(description: unknown): string {
  if (typeof description === 'number' && Number.isFinite(description)) return String(description);
  if (typeof description !== 'string') return '';
  return description
    .slice(0, mostCharacters)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '')
    .trim();
}

/** Makers repeat their name in that of the model, or do not. */
function joined(maker: string, model: string): string {
  return model.toLowerCase().startsWith(maker.toLowerCase()) ? model : `${maker} ${model}`.trim();
}

/** EXIF 3.0, 4.6.5: `YYYY:MM:DD HH:MM:SS`, and the offset as `+02:00`. */
function moment(written: string, offset: string): string | undefined {
  const [, year, month, day, time] = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(written) ?? [];
  if (!year || year === '0000') return undefined;
  return [`${year}-${month}-${day}`, time, ...(/^[+-]\d\d:\d\d$/.test(offset) ? [offset] : [])].join(' ');
}

function withUnit(value: string, unit: string): string {
  return value && `${value} ${unit}`;
}

function orientation(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 1 && value <= 8 ? value : undefined;
}

function dimensions(width: string, height: string): string {
  return width && height && `${width} × ${height}`;
}

function isWithin(degrees: number | undefined, most: number): degrees is number {
  return typeof degrees === 'number' && Math.abs(degrees) <= most;
}
