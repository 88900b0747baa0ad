import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  bucketName,
  functionName,
  hostName,
  httpUrl,
  oneOf,
  origins,
  type Parser,
  postgresUrl,
  SettingFault,
  secretText,
  trustProxy,
  wholeNumber,
  yesOrNo,
} from '../../../../server/config/parsers.ts';

const parsers: Record<string, Parser<unknown>> = {
  wholeNumber: wholeNumber(1, 65_535),
  yesOrNo,
  oneOf: oneOf(['a', 'b']),
  httpUrl,
  postgresUrl,
  origins,
  trustProxy,
  bucketName,
  hostName,
  functionName,
  secretText: secretText(32),
};

const text = fc
  .oneof(fc.string(), fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.ipV4(), fc.ipV6(), fc.domain())
  .map((one) => one.trim())
  .filter((one) => one !== '');

describe.each(Object.entries(parsers))('%s', (_name, parse) => {
  it('gives a value or a SettingFault for any text', () => {
    fc.assert(
      fc.property(text, (one) => {
        try {
          expect(parse(one)).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(SettingFault);
        }
      }),
    );
  });
});

describe('wholeNumber', () => {
  it('reads every number within its bounds and no other', () => {
    fc.assert(
      fc.property(fc.integer(), (number) => {
        const read = () => wholeNumber(1, 65_535)(String(number));
        if (number >= 1 && number <= 65_535) expect(read()).toBe(number);
        else expect(read).toThrow(SettingFault);
      }),
    );
  });

  it.each(['', '8000.0', '8e3', '0x10', '+1', '٨٠٠٠', '1 000', '99999999999999999999'])('refuses %j', (one) => {
    expect(() => wholeNumber(0, 1e15)(one)).toThrow(SettingFault);
  });
});

describe('httpUrl', () => {
  it.each([
    ['http://localhost:8000', 'http://localhost:8000'],
    ['https://Photos.Example.com/', 'https://photos.example.com'],
    ['https://example.com/photos/', 'https://example.com/photos'],
    ['https://example.com:443/a', 'https://example.com/a'],
  ])('reads %s', (given, read) => {
    expect(httpUrl(given)).toBe(read);
  });

  it.each([
    'ftp://example.com',
    'example.com',
    'https://example.com/?a=1',
    'https://example.com/?',
    'https://example.com/#top',
    'https://user@example.com',
    'javascript:alert(1)',
    'http://',
  ])('refuses %s', (given) => {
    expect(() => httpUrl(given)).toThrow(SettingFault);
  });

  it('never repeats a password that stands in the address', () => {
    expect(() => httpUrl('https://me:hunter2@example.com')).toThrow(/^(?!.*hunter2)/s);
  });
});

describe('postgresUrl', () => {
  it.each(['postgres://u:p@localhost:5432/darkroom', 'postgresql://db/darkroom?sslmode=require'])(
    'reads %s',
    (given) => {
      expect(postgresUrl(given)).toBe(given);
    },
  );

  it.each(['mysql://u:hunter2@localhost/darkroom', 'postgres://u:hunter2@localhost', 'u:hunter2@localhost/darkroom'])(
    'refuses %s without repeating its password',
    (given) => {
      expect(() => postgresUrl(given)).toThrow(SettingFault);
      expect(() => postgresUrl(given)).toThrow(/^(?!.*hunter2)/s);
    },
  );
});

describe('the certificates of postgresUrl', () => {
  it.each(['sslrootcert', 'sslcert', 'sslkey'])('refuses a %s that is not there, by its name', (name) => {
    const url = `postgres://u:hunter2@db/darkroom?sslmode=verify-full&${name}=/nowhere/ca.pem`;
    expect(() => postgresUrl(url)).toThrow(`names a file that is not there: ${name}=/nowhere/ca.pem`);
    expect(() => postgresUrl(url)).toThrow(/^(?!.*hunter2)/s);
  });
});

describe('origins', () => {
  it('reads a list', () => {
    expect(origins('https://a.example, http://localhost:3000')).toEqual(['https://a.example', 'http://localhost:3000']);
    expect(origins('*')).toEqual(['*']);
  });

  it.each([
    'https://a.example/',
    'https://a.example/path',
    'a.example',
    'https://a.example,',
    'null',
    '*, https://a.b',
  ])('refuses %s', (given) => {
    expect(() => origins(given)).toThrow(SettingFault);
  });

  it('keeps every origin that URL makes', () => {
    fc.assert(
      fc.property(fc.array(fc.webUrl(), { minLength: 1 }), (urls) => {
        const list = urls.map((url) => new URL(url).origin);
        expect(origins(list.join(' , '))).toEqual(list);
      }),
    );
  });
});

describe('trustProxy', () => {
  it.each([
    ['false', false],
    ['0', false],
    ['1', 1],
    ['2', 2],
    ['true', 1],
    ['loopback', ['loopback']],
    ['10.0.0.0/8, fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
    ['192.0.2.1', ['192.0.2.1']],
  ])('reads %s', (given, read) => {
    expect(trustProxy(given)).toEqual(read);
  });

  it.each(['101', '-1', 'everybody', '10.0.0.0/33', '10.0.0/8', '10.0.0.1,', '::1/129', '*'])('refuses %s', (given) => {
    expect(() => trustProxy(given)).toThrow(SettingFault);
  });

  it('keeps every address and range', () => {
    const range = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, prefix]) => `${address}/${prefix}`),
    );
    fc.assert(
      fc.property(fc.array(range, { minLength: 1 }), (list) => {
        expect(trustProxy(list.join(','))).toEqual(list);
      }),
    );
  });
});

describe('bucketName', () => {
  it.each(['abc', 'my-originals.example', '3-bucket'])('reads %s', (given) => {
    expect(bucketName(given)).toBe(given);
  });

  it.each(['ab', 'Upper', '-abc', 'abc-', 'a..b', '192.168.0.1', 'a'.repeat(64), 'under_score'])(
    'refuses %s',
    (given) => {
      expect(() => bucketName(given)).toThrow(SettingFault);
    },
  );
});

describe('hostName', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['[::1]', '::1'],
    ['::', '::'],
    ['localhost', 'localhost'],
  ])('reads %s', (given, read) => {
    expect(hostName(given)).toBe(read);
  });

  it.each(['256.1.1.1', 'http://localhost', 'local host', '-a'])('refuses %s', (given) => {
    expect(() => hostName(given)).toThrow(SettingFault);
  });
});

describe('secretText', () => {
  it('takes what is long and varied, and never repeats what it refuses', () => {
    const good = 'q8Zt4n1Lw0Xe7Rb2Vm5Kc9Yd3Hs6Jf8A';
    expect(secretText(32)(good)).toBe(good);
    for (const bad of [good.slice(0, 31), 'abcabcabcabcabcabcabcabcabcabcabcabc']) {
      expect(() => secretText(32)(bad)).toThrow(SettingFault);
      expect(() => secretText(32)(bad)).not.toThrow(bad);
    }
  });
});
