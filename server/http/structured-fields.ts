/**
 * Structured Field Values (RFC 9651), as much of them as reading a dictionary needs: every kind of item is recognised, so
 * that an unknown member is passed over as the RFC wants it, and byte sequences come out as bytes.
 */

export interface ByteSequence {
  kind: 'bytes';
  bytes: Buffer;
}

/** `other` is any member that is no byte sequence. */
export type DictionaryMember = ByteSequence | { kind: 'other' };

const key = /[a-z*][a-z0-9_.*-]*/y;
const byteSequence = /:([A-Za-z0-9+/]*={0,2}):/y;
const otherItem =
  /-?[0-9]{1,12}\.[0-9]{1,3}|-?[0-9]{1,15}|"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"|[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*|\?[01]|@-?[0-9]{1,15}|%"(?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*"/y;
const spaces = / */y;
const optionalWhitespace = /[ \t]*/y;

/** Null when the text is no dictionary. A key that stands twice has its last value (RFC 9651, 4.2.2). */
export function parseDictionary(text: string): Map<string, DictionaryMember> | null {
  const reader = createReader(text);
  const members = new Map<string, DictionaryMember>();
  reader.match(spaces);
  while (!reader.atEnd()) {
    const name = reader.match(key);
    if (!name) return null;
    const member = reader.literal('=') ? readMember(reader) : readParameters(reader);
    if (!member) return null;
    members.set(name[0], member);
    reader.match(optionalWhitespace);
    if (reader.atEnd()) return members;
    if (!reader.literal(',')) return null;
    reader.match(optionalWhitespace);
    if (reader.atEnd()) return null;
  }
  return members;
}

type Reader = ReturnType<typeof createReader>;

function createReader(text: string) {
  let at = 0;
  return {
    atEnd: () => at >= text.length,
    match(pattern: RegExp): RegExpExecArray | null {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      if (found) at = pattern.lastIndex;
      return found;
    },
    literal(character: string): boolean {
      if (text[at] !== character) return false;
      at += 1;
      return true;
    },
  };
}

function readMember(reader: Reader): DictionaryMember | null {
  const member = reader.literal('(') ? readInnerList(reader) : readItem(reader);
  return member && readParameters(reader) && member;
}

function readInnerList(reader: Reader): DictionaryMember | null {
  for (;;) {
    reader.match(spaces);
    if (reader.literal(')')) return { kind: 'other' };
    if (!readItem(reader) || !readParameters(reader)) return null;
  }
}

function readItem(reader: Reader): DictionaryMember | null {
  const sequence = reader.match(byteSequence);
  if (sequence) return { kind: 'bytes', bytes: Buffer.from(sequence[1] ?? '', 'base64') };
  return reader.match(otherItem) && { kind: 'other' };
}

function readParameters(reader: Reader): DictionaryMember | null {
  while (reader.literal(';')) {
    reader.match(spaces);
    if (!reader.match(key)) return null;
    if (reader.literal('=') && !readItem(reader)) return null;
  }
  return { kind: 'other' };
}
