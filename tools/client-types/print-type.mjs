import ts from 'typescript-api';

const plain =
  ts.TypeFlags.String |
  ts.TypeFlags.Number |
  ts.TypeFlags.Boolean |
  ts.TypeFlags.BooleanLiteral |
  ts.TypeFlags.StringLiteral |
  ts.TypeFlags.NumberLiteral |
  ts.TypeFlags.Null |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Void |
  ts.TypeFlags.Never |
  ts.TypeFlags.Unknown;

/** Classes of the platform that stay names. */
const platformTypes = new Map(Object.entries({ Blob: 'Blob', FileLike: 'Blob', Uint8Array: 'Uint8Array' }));

/**
 * Prints a type in full, whatever it was inferred from: no name of the service's source is left in it, except those of
 * `names` (what a type looks like in full, and how it is called). Throws at what a client must not see: `any`, functions,
 * classes.
 *
 * @param {ts.TypeChecker} checker
 * @param {Map<string, string>} names
 */
export function typePrinter(checker, names) {
  function print(type, path) {
    const text = printInFull(type, path);
    return names.get(text) ?? text;
  }

  function printInFull(type, path) {
    if (type.flags & ts.TypeFlags.Any) throw new Error(`${path} is any`);
    if (type.flags & plain) return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
    if (type.isUnion()) return printUnion(type, path);
    if (type.isIntersection() && !type.getProperties().length) throw new Error(`${path} is an intersection`);
    const symbol = type.getSymbol()?.getName() ?? '';
    if (checker.isArrayType(type)) return `${bracketed(print(checker.getTypeArguments(type)[0], `${path}[]`))}[]`;
    const platformType = platformTypes.get(symbol);
    if (platformType) return platformType;
    if (/^Async(Iterable|Generator)$/.test(symbol)) {
      return `AsyncIterable<${print(checker.getTypeArguments(type)[0], `${path}[]`)}>`;
    }
    if (type.getCallSignatures().length > 0) throw new Error(`${path} is a function`);
    const members = type.getProperties().map((property) => printProperty(property, path));
    for (const { keyType, type: valueType } of checker.getIndexInfosOfType(type)) {
      members.push(`[key: ${print(keyType, path)}]: ${print(valueType, `${path}[]`)};`);
    }
    return members.length > 0 ? `{ ${members.join(' ')} }` : '{}';
  }

  function printUnion(type, path) {
    const parts = [...new Set(type.types.map((part) => print(part, path)))];
    const hasBoth = parts.includes('true') && parts.includes('false');
    const shown = hasBoth ? [...parts.filter((part) => part !== 'true' && part !== 'false'), 'boolean'] : parts;
    const empty = ['null', 'undefined'];
    const text = [...shown.filter((part) => !empty.includes(part)), ...empty.filter((part) => shown.includes(part))];
    return text.join(' | ');
  }

  function printProperty(property, path) {
    const name = property.getName();
    const type = checker.getTypeOfSymbol(property);
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const text = print(type, `${path}.${name}`);
    const shown = isOptional ? text.replace(/ \| undefined$/, '') : text;
    return `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}${isOptional ? '?' : ''}: ${shown};`;
  }

  return { print, printInFull };
}

function bracketed(text) {
  return text.includes(' | ') && !text.startsWith('{') ? `(${text})` : text;
}
