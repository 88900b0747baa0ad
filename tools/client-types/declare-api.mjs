import ts from 'typescript-api';
import { typePrinter } from './print-type.mjs';

const kinds = {
  query: 'TRPCQueryProcedure',
  mutation: 'TRPCMutationProcedure',
  subscription: 'TRPCSubscriptionProcedure',
};

/**
 * What `file` exports, written out in full: the contracts by their names, and the router with the inputs and outputs of
 * its procedures.
 *
 * @param {{ program: ts.Program, file: string }} options
 * @returns {string}
 */
export function declareApi({ program, file }) {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  const exported = new Map(
    checker.getExportsOfModule(module).map((symbol) => {
      const target = checker.getAliasedSymbol(symbol);
      return [symbol.getName(), checker.getDeclaredTypeOfSymbol(target)];
    }),
  );
  const names = new Map();
  const printer = typePrinter(checker, names);
  const declarations = [];
  const contracts = [...exported].filter(([name]) => name !== 'AppRouter');
  // Those that others are made of come first.
  const order = ['FieldError', 'ErrorCode', 'Thumbnail', 'Tier'];
  contracts.sort(([a], [b]) => rank(order, a) - rank(order, b));
  for (const [name, type] of contracts) {
    const text = printer.printInFull(type, name);
    names.set(text, name);
    declarations.push(
      text.startsWith('{') && !text.includes('} | ')
        ? `export interface ${name} ${text}`
        : `export type ${name} = ${text};`,
    );
  }
  const router = exported.get('AppRouter');
  const record = propertyOf(checker, propertyOf(checker, router, '_def'), 'record');
  const text = printRecord(record, 'AppRouter');
  declarations.push(
    `export type AppRouter = TRPCBuiltRouter<{ ctx: object; meta: object; errorShape: TRPCErrorShape<TrpcErrorData>; transformer: false }, TRPCDecorateCreateRouterOptions<${text}>>;`,
  );
  const used = ['TRPCBuiltRouter', 'TRPCDecorateCreateRouterOptions', 'TRPCErrorShape', ...Object.values(kinds)];
  return `import type { ${used.join(', ')} } from '@trpc/server';\n${declarations.join('\n')}\n`;

  function printRecord(type, path) {
    const members = type.getProperties().map((property) => {
      const name = property.getName();
      const member = checker.getTypeOfSymbol(property);
      const here = `${path}.${name}`;
      const definition = member.getProperty('_def') && propertyOf(checker, member, '_def');
      if (!definition) return `${name}: ${printRecord(member, here)};`;
      const kind = kinds[propertyOf(checker, definition, 'type').value];
      const types = propertyOf(checker, definition, '$types');
      const input = printer.print(propertyOf(checker, types, 'input'), `${here} input`);
      const output = printer.print(propertyOf(checker, types, 'output'), `${here} output`);
      return `${name}: ${kind}<{ input: ${input}; output: ${output}; meta: object }>;`;
    });
    return `{ ${members.join(' ')} }`;
  }
}

function propertyOf(checker, type, name) {
  const property = type.getProperty(name);
  if (!property) throw new Error(`${checker.typeToString(type)} has no ${name}`);
  return checker.getTypeOfSymbol(property);
}

function rank(order, name) {
  const place = order.indexOf(name);
  return place < 0 ? order.length : place;
}
