import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript-api';

/** The room of a file of the server: its folder there. What lies beside the rooms wires them and belongs to none. */
function roomOf(file: string): string | null {
  return /^server\/([^/]+)\/./.exec(file)?.[1] ?? null;
}

/** The files from which a file takes more than types. */
function valueImportsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found: string[] = [];
  for (const statement of source.statements) {
    const isFrom = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);
    if (!isFrom || !statement.moduleSpecifier || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    if (isTypeOnly(statement)) continue;
    const { text } = statement.moduleSpecifier;
    if (text.startsWith('.')) found.push(normalize(join(dirname(file), text)));
  }
  return found;
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  const clause = statement.importClause;
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const { name, namedBindings } = clause;
  return (
    name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.length > 0 &&
    namedBindings.elements.every((element) => element.isTypeOnly)
  );
}

describe('the rooms of the server', () => {
  it('never take values from each other both ways', () => {
    const files = readdirSync('server', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join('server', name));
    const between = new Map<string, string[]>();
    for (const file of files) {
      for (const target of valueImportsOf(file)) {
        const [from, to] = [roomOf(file), roomOf(target)];
        if (from === null || to === null || from === to) continue;
        const way = `${from} -> ${to}`;
        between.set(way, [...(between.get(way) ?? []), `${file} takes from ${target}`]);
      }
    }
    expect(between.size).toBeGreaterThan(20);
    const bothWays = [...between.keys()].filter((way) => {
      const [from, to] = way.split(' -> ');
      return between.has(`${to} -> ${from}`);
    });
    expect(Object.fromEntries(bothWays.map((way) => [way, between.get(way)]))).toEqual({});
  });
});
