/** What who reads a record may not do with it, though they may with others: the server's rules, asked beforehand. */
export interface Limits {
  /** By field, why it stays as it is. */
  fields?: Record<string, string>;
  /** Nothing of it may be changed. */
  isOutOfReach?: boolean;
  /** It may not be deleted. */
  isKept?: boolean;
  /** Of a group: it may not be given to anybody, nor taken away. */
  isBeyond?: boolean;
}

interface WithLimits {
  param(path: string): unknown;
}

export function isChangeable(record: WithLimits | undefined): boolean {
  return record?.param('limits.isOutOfReach') !== true;
}

export function isDeletable(record: WithLimits | undefined): boolean {
  return record?.param('limits.isKept') !== true;
}
