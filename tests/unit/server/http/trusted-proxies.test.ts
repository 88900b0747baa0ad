import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import fc from 'fast-check';
import { trustProxy } from '../../../../server/config/parsers.ts';
import { addressOf } from '../../../../server/http/request-context.ts';
import { trustedProxies } from '../../../../server/http/trusted-proxies.ts';

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** Who asks, by what a proxy on this machine says, under a setting of TRUST_PROXY. */
async function whoAsks(setting: string, forwardedFor: string): Promise<string> {
  const app = express();
  app.set('trust proxy', trustedProxies(trustProxy(setting)));
  app.get('/', (req, res) => void res.send(addressOf(req)));
  const listening = app.listen(0, '127.0.0.1');
  server = listening;
  await new Promise((resolve) => listening.once('listening', resolve));
  const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`;
  return (await fetch(url, { headers: { 'x-forwarded-for': forwardedFor, connection: 'close' } })).text();
}

describe('who asks, behind proxies', () => {
  it.each([
    ['false', '203.0.113.9', '127.0.0.1'],
    ['1', '203.0.113.9:51234', '203.0.113.9'],
    ['2', '203.0.113.9:51234, 10.0.0.7:4711', '203.0.113.9'],
    ['loopback', '203.0.113.9:51234', '203.0.113.9'],
    ['loopback, 10.0.0.0/8', '203.0.113.9:51234, 10.0.0.7:4711', '203.0.113.9'],
    ['loopback, 10.0.0.0/8', '203.0.113.9, ::ffff:10.0.0.7', '203.0.113.9'],
    ['loopback, ::ffff:10.0.0.0/104', '203.0.113.9, 10.0.0.7', '203.0.113.9'],
    ['loopback, uniquelocal', '[2001:db8::9]:443, [fd00::7]:4711, 192.168.0.1:80', '2001:db8::9'],
    ['loopback, linklocal', '203.0.113.9, fe80::7%eth0', '203.0.113.9'],
    ['loopback, 10.0.0.7', '203.0.113.9, 198.51.100.7:80, 10.0.0.7:4711', '198.51.100.7'],
    ['loopback, ::ffff:10.0.0.0/90', '203.0.113.9, 2001:db8::1', '2001:db8::1'],
    ['10.0.0.0/8', '203.0.113.9', '127.0.0.1'],
  ])('with TRUST_PROXY=%s and X-Forwarded-For: %s is %s', async (setting, forwardedFor, address) => {
    expect(await whoAsks(setting, forwardedFor)).toBe(address);
  });

  it('trusts every address that the setting takes, in its own range, and breaks on none', () => {
    const range = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, bits]) => `${address}/${bits}`),
      fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, bits]) => `${address}/${bits}`),
    );
    const mapped = fc.tuple(fc.ipV4(), fc.nat(128)).map(([address, bits]) => `::ffff:${address}/${bits}`);
    fc.assert(
      fc.property(fc.oneof(range, mapped), fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text, other) => {
        const trusts = trustedProxies(trustProxy(text)) as (address: string) => boolean;
        trusts(other);
        expect(trusts(text.split('/')[0] ?? '')).toBe(true);
      }),
    );
  });
});
