export interface MediaType {
  /** `type/subtype` in lower case; empty when the header is absent. */
  type: string;
  /** `name=value` as they were sent. */
  parameters: string[];
}

/** Up to a semicolon that is not inside quotes. A quote that nothing closes takes the rest with it. */
const part = /(?:[^;"]|"[^"]*(?:"|$))+/g;

/** A Content-Type (RFC 9110, 8.3), in time that grows with its length alone. */
export function readMediaType(header: string | undefined): MediaType {
  const parts = header?.match(part) ?? [];
  const [type = '', ...parameters] = parts.map((text) => text.trim());
  return { type: type.toLowerCase(), parameters };
}
