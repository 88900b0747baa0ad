import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { withoutFinalSlashes } from '../../core/without-final-slashes.ts';

/**
 * What a setting's text means. Each parser takes text without spaces around it, which is never empty, and throws a
 * SettingFault whose message completes the sentence "PORT …".
 */
export type Parser<Value> = (text: string) => Value;

export class SettingFault extends Error {}

export function wholeNumber(least: number, most: number): Parser<number> {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw new SettingFault(`must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`);
    }
    return value;
  };
}

const words: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

export const yesOrNo: Parser<boolean> = (text) => {
  const value = Object.hasOwn(words, text.toLowerCase()) ? words[text.toLowerCase()] : undefined;
  if (value === undefined) throw new SettingFault(`must be true or false, not ${JSON.stringify(text)}`);
  return value;
};

export function oneOf<const Choice extends string>(choices: readonly Choice[]): Parser<Choice> {
  return (text) => {
    const choice = choices.find((one) => one === text.toLowerCase());
    if (choice === undefined)
      throw new SettingFault(`must be one of ${choices.join(', ')}, not ${JSON.stringify(text)}`);
    return choice;
  };
}

/** An address that paths can be appended to: without query, fragment, user and final slash. A path may be in it. */
export const httpUrl: Parser<string> = (text) => {
  const url = parseUrl(text, ['http:', 'https:']);
  // The address itself is not repeated: it may hold a password.
  if (url.username || url.password) throw new SettingFault('must be an address without a user name or password in it');
  if (/[?#]/.test(text)) throw new SettingFault('must be an address without anything after a "?" or "#"');
  return withoutFinalSlashes(url.href);
};

export const postgresUrl: Parser<string> = (text) => {
  const example = 'for example postgres://user:password@localhost:5432/darkroom';
  let url: URL;
  try {
    url = parseUrl(text, ['postgres:', 'postgresql:']);
  } catch {
    throw new SettingFault(`must be the address of a PostgreSQL database, ${example}`);
  }
  if (url.pathname.length < 2) throw new SettingFault(`must name the database at its end, ${example}`);
  for (const name of ['sslrootcert', 'sslcert', 'sslkey']) {
    const file = url.searchParams.get(name);
    if (file && !existsSync(file)) throw new SettingFault(`names a file that is not there: ${name}=${file}`);
  }
  return text;
};

function parseUrl(text: string, protocols: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !protocols.includes(url.protocol) || !url.host) {
    throw new SettingFault(`must be an address that begins with ${protocols.map((one) => `${one}//`).join(' or ')}`);
  }
  return url;
}

/** `https://one.example, https://two.example:8443`, or `*`. */
export const origins: Parser<readonly string[]> = (text) => {
  const list = splitList(text);
  if (list.length === 1 && list[0] === '*') return list;
  return list.map((one) => {
    const url = URL.canParse(one) ? new URL(one) : null;
    if (!url || !/^https?:$/.test(url.protocol) || url.origin !== one.toLowerCase()) {
      throw new SettingFault(
        `must be a list of origins such as https://app.example.com, separated by commas and without a path; ${JSON.stringify(one)} is none`,
      );
    }
    return url.origin;
  });
};

/** What Express takes for `trust proxy`: false, how many proxies stand in front, or their addresses. */
export type TrustProxy = false | number | readonly string[];

const namedRanges = ['loopback', 'linklocal', 'uniquelocal'];

/** `true` is one proxy: all of them, as Express means it, would let everybody choose the address he is counted under. */
export const trustProxy: Parser<TrustProxy> = (text) => {
  if (/^\d+$/.test(text)) return wholeNumber(0, 100)(text) || false;
  if (Object.hasOwn(words, text.toLowerCase())) return yesOrNo(text) ? 1 : false;
  return splitList(text).map((one) => {
    if (!namedRanges.includes(one) && !isAddressRange(one)) {
      throw new SettingFault(
        `must be how many proxies stand in front, or their addresses (10.0.0.0/8, ${namedRanges.join(', ')}) separated by commas; ${JSON.stringify(one)} is neither`,
      );
    }
    return one;
  });
};

function isAddressRange(text: string): boolean {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && (prefix === undefined || Number(prefix) <= (version === 4 ? 32 : 128));
}

function splitList(text: string): string[] {
  const list = text.split(',').map((one) => one.trim());
  if (list.includes('')) throw new SettingFault('has a comma too many');
  return list;
}

/** S3's rules for general purpose buckets, without its list of reserved beginnings. */
export const bucketName: Parser<string> = (text) => {
  const isName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text) && !text.includes('..') && isIP(text) === 0;
  if (!isName) {
    throw new SettingFault(
      `must be the name of a bucket (3 to 63 lower-case letters, digits, dots and hyphens), not ${JSON.stringify(text)}`,
    );
  }
  return text;
};

/** What to listen on: an address or a host name. */
export const hostName: Parser<string> = (text) => {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare)) return bare;
  if (!/^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/i.test(text) || /^[\d.]+$/.test(text)) {
    throw new SettingFault(`must be an address such as 127.0.0.1 or 0.0.0.0, not ${JSON.stringify(text)}`);
  }
  return text;
};

/** A function's name or ARN, as AWS Lambda takes it, or `local`. */
export const functionName: Parser<string> = (text) => {
  if (!/^[A-Za-z0-9:_$-]{1,170}$/.test(text)) {
    throw new SettingFault(`must be "local" or the name or ARN of an AWS Lambda function, not ${JSON.stringify(text)}`);
  }
  return text;
};

const leastDistinctCharacters = 8;

/** A key or token that somebody chose. The message never repeats it. */
export function secretText(leastCharacters: number): Parser<string> {
  return (text) => {
    const advice = 'openssl rand -base64 48 makes a good one';
    if (text.length < leastCharacters) {
      throw new SettingFault(`is too short: use at least ${leastCharacters} characters (${advice})`);
    }
    if (new Set(text).size < leastDistinctCharacters) {
      throw new SettingFault(`is too easy to guess: use random characters (${advice})`);
    }
    return text;
  };
}
