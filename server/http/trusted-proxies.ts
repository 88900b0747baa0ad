import ipaddr from 'ipaddr.js';
import type { TrustProxy } from '../config/parsers.ts';
import { readAddress } from '../kernel/client-address.ts';

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** As Express documents these words. */
const namedRanges: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/**
 * What Express takes for `trust proxy`. It compares addresses only when nothing but the address is written: with
 * `10.0.0.7:4711` in X-Forwarded-For it would take the proxy itself for who asks, and count everybody as one.
 */
export function trustedProxies(setting: TrustProxy): false | number | ((address: string) => boolean) {
  if (setting === false || typeof setting === 'number') return setting;
  const ranges = setting.flatMap((one) => namedRanges[one] ?? [one]).map(readRange);
  return (text) => {
    const address = readAddress(text);
    return address !== null && ranges.some((range) => isWithin(address, range));
  };
}

function readRange(text: string): Range {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** An IPv4 address is in a range of IPv6 as well, mapped: `::ffff:10.0.0.0/104` is `10.0.0.0/8`. */
function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: Range): boolean {
  if (network instanceof ipaddr.IPv4) return address instanceof ipaddr.IPv4 && address.match(network, bits);
  return (address instanceof ipaddr.IPv4 ? address.toIPv4MappedAddress() : address).match(network, bits);
}
