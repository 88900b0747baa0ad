import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressBucket } from '../../../../server/accounts/address-bucket.ts';

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
