import { execFileSync } from 'node:child_process';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript-api';
import { declareApi } from './declare-api.mjs';

/**
 * The declarations of the client package in one file that needs the packages of tRPC and nothing else. TypeScript 7 has
 * no compiler API yet, so this step takes the last one that has.
 *
 * @param {{ root: string }} options
 * @returns {string}
 */
export function declareClient({ root }) {
  const source = join(root, 'client/src');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files: ['client/src/index.ts'] },
    ts.sys,
    root,
  );
  const program = ts.createProgram([join(source, 'index.ts')], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: false,
  });
  const declarations = new Map([[join(source, 'api.ts'), declareApi({ program, file: join(source, 'api.ts') })]]);
  for (const file of program.getSourceFiles()) {
    if (dirname(file.fileName) !== source || declarations.has(file.fileName)) continue;
    program.emit(file, (_, text) => declarations.set(file.fileName, text), undefined, true);
  }
  const text = bundle(declarations, join(source, 'index.ts'), root);
  const format = [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'format', '--stdin-file-path=index.d.ts'];
  return execFileSync(process.execPath, format, { cwd: root, input: text, encoding: 'utf8' });
}

const declaration = /^(?:export )?(?:declare )?(?:class|function|const|interface|type) (\w+)/m;

/** Files whose top level names are all different, as one; exported is what the entry exports. */
function bundle(declarations, entry, root) {
  const exported = new Set();
  const imports = new Map();
  const parts = [];
  for (const [name, text] of declarations) {
    const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    for (const statement of file.statements) {
      const from = statement.moduleSpecifier?.text;
      if (from !== undefined && !from.startsWith('.')) {
        for (const element of statement.importClause.namedBindings.elements) {
          imports.set(from, (imports.get(from) ?? new Set()).add(element.name.text));
        }
      } else if (from !== undefined && name === entry) {
        for (const element of statement.exportClause.elements) exported.add(element.name.text);
      } else if (from === undefined && !ts.isExportDeclaration(statement)) {
        parts.push({ text: statement.getFullText().trim(), file: name });
      }
    }
  }
  const named = new Map();
  for (const { text, file } of parts) {
    const [, name] = declaration.exec(text) ?? [];
    if (name === undefined || named.has(name)) throw new Error(`${relative(root, file)}: ${name} is declared twice`);
    named.set(name, text);
  }
  const body = [...reachable(exported, named)].map(([name, text]) => {
    const bare = text.replace(/^export (?:declare )?/m, '');
    const isType = /^(?:interface|type) /m.test(bare);
    const head = `${exported.has(name) ? 'export ' : ''}${isType ? '' : 'declare '}`;
    return bare.replace(/^(?=(?:class|function|const|interface|type) )/m, head);
  });
  const used = (name) => new RegExp(`\\b${name}\\b`).test(body.join('\n'));
  const heads = [...imports].flatMap(([from, elements]) => {
    const kept = [...elements].filter(used).sort();
    return kept.length > 0 ? [`import type { ${kept.join(', ')} } from '${from}';`] : [];
  });
  // Without this line everything that is declared here would be exported.
  return `${[...heads, ...body].join('\n\n')}\n\nexport {};\n`;
}

/** What is exported, and what that is made of, in the order of the sources. */
function reachable(exported, named) {
  const found = new Set(exported);
  for (const name of found) {
    for (const [word] of (named.get(name) ?? '').matchAll(/\b[A-Za-z]\w*\b/g)) if (named.has(word)) found.add(word);
  }
  return [...named].filter(([name]) => found.has(name));
}
