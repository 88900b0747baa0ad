import ipaddr from 'ipaddr.js';

const networkBits = 64;

/**
 * The addresses that count as one: an IPv4 address by itself, an IPv6 address by its first 64 bits, since one
 * customer has at least as many. An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address. A port, which
 * some gateways put behind the address, is not part of it.
 */
export function addressBucket(address: string): string {
  const plain = readAddress(address);
  if (plain === null) return 'unknown';
  if (plain instanceof ipaddr.IPv4) return plain.toString();
  return `${plain.parts
    .slice(0, networkBits / 16)
    .map((part) => part.toString(16))
    .join(':')}::/${networkBits}`;
}

/** Whether an address is this machine's own. */
export function isLoopbackAddress(address: string): boolean {
  return readAddress(address)?.range() === 'loopback';
}

/** An address as it is logged: `192.0.2.1:5000` is `192.0.2.1`. What is not an address stays as it is. */
export function withoutPort(text: string): string {
  return text.includes(':') && /[.\]]/.test(text) ? (readAddress(text)?.toString() ?? text) : text;
}

const maxCharacters = 100;

/** `192.0.2.1`, `192.0.2.1:5000`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:5000`, each with a zone or without. */
export function readAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (text.length > maxCharacters) return null;
  const trimmed = text.trim();
  const inBrackets = /^\[([^[\]]*)\](?::\d{1,5})?$/.exec(trimmed)?.[1];
  const bare = inBrackets ?? /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/.exec(trimmed)?.[1] ?? trimmed;
  const zone = bare.indexOf('%');
  const plain = zone < 0 ? bare : bare.slice(0, zone);
  if (ipaddr.IPv4.isValidFourPartDecimal(plain)) return ipaddr.IPv4.parse(plain);
  return ipaddr.IPv6.isValid(plain) ? ipaddr.process(plain) : null;
}
