import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressBucket, isLoopbackAddress, withoutPort } from '../../../../server/kernel/client-address.ts';

describe('addressBucket', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
    ['192.0.2.1:51234', '192.0.2.1'],
    ['[2001:db8:1:2::9]:51234', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::9]', '2001:db8:1:2::/64'],
    ['[fe80::1%eth0]:443', 'fe80:0:0:0::/64'],
    ['[::ffff:192.0.2.1]:80', '192.0.2.1'],
    ['192.0.2.1:999999', 'unknown'],
    ['192.0.2', 'unknown'],
    ['0x7f.0.0.1', 'unknown'],
    ['', 'unknown'],
    ['not an address', 'unknown'],
    ['192.0.2.1, 198.51.100.7', 'unknown'],
  ])('counts %s as %s', (address, bucket) => {
    expect(addressBucket(address)).toBe(bucket);
  });

  it('is the same for any two addresses of one /64, however they are written, and differs for others', () => {
    const network = fc.tuple(fc.integer({ min: 1, max: 0xffff }), ...[0, 1, 2].map(() => fc.nat(0xffff)));
    const host = fc.tuple(...[0, 1, 2, 3].map(() => fc.nat(0xffff)));
    const plain = (groups: number[]) => groups.map((group) => group.toString(16)).join(':');
    const padded = (groups: number[]) =>
      groups.map((group) => group.toString(16).padStart(4, '0').toUpperCase()).join(':');
    fc.assert(
      fc.property(network, host, host, network, (net, one, two, otherNet) => {
        expect(addressBucket(plain([...net, ...one]))).toBe(addressBucket(padded([...net, ...two])));
        fc.pre(plain(net) !== plain(otherNet));
        expect(addressBucket(plain([...net, ...one]))).not.toBe(addressBucket(plain([...otherNet, ...one])));
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => addressBucket(text).length > 0));
    fc.assert(
      fc.property(
        fc.ipV6(),
        (address) => addressBucket(address).endsWith('::/64') || /^[\d.]+$/.test(addressBucket(address)),
      ),
    );
  });
});

describe('withoutPort', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:51234', '192.0.2.1'],
    ['[2001:db8::1]:51234', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['', ''],
    ['unknown', 'unknown'],
  ])('makes %p %p', (text, address) => {
    expect(withoutPort(text)).toBe(address);
  });
});

describe('isLoopbackAddress', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '127.0.0.1:80', '[::1]:80'])('%s is', (address) => {
    expect(isLoopbackAddress(address)).toBe(true);
  });
  it.each(['', 'localhost', '192.0.2.1', '::', '::2', '0.0.0.0', '1127.0.0.1'])('%p is not', (address) => {
    expect(isLoopbackAddress(address)).toBe(false);
  });
});
