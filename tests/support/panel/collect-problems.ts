import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from '@swc/core';

interface Node {
  type?: string;
  [key: string]: unknown;
}

/** A function, or a file as a whole. */
interface Scope {
  name?: string;
  parameters: (string | undefined)[];
  /** What each variable, and a parameter that may be left out, begins with. */
  values: Map<string, Node>;
  functions: Map<string, Scope>;
  /** What it returns. */
  results: Node[];
  calls: { name: string; args: Node[] }[];
  messages: Node[];
  file: string;
  outer?: Scope;
}

/** In place of a value: `The tier takes images of {{}} bytes at most.` */
const hole = '{{}}';
const mostChoices = 100;

/**
 * The messages for people in the code of these files and folders, as templates, each with its file: the detail of an
 * `AppError`, what stands at a field, what a schema says, why an image failed. What a variable, a function or its
 * parameter can be is looked up; what is not found, or can be too much, is a hole. A message that is nothing but holes
 * is left out: it is found where it is made.
 *
 * @param except files whose messages are not meant
 */
export function collectProblems(places: readonly string[], except: readonly string[] = []): Map<string, string> {
  const files = places.flatMap(filesIn).map(readScopes);
  const found = new Map<string, string>();
  for (const scope of files.flat().filter(({ file }) => !except.includes(file))) {
    for (const text of scope.messages.flatMap((node) => textsOf(node, scope, files))) {
      if (/\p{L}{2}/u.test(text)) found.set(text, scope.file);
    }
  }
  return found;
}

const saidBySchema = new Set(['min', 'max', 'regex', 'refine', 'email', 'addIssue']);
const lists = new Set(['problems', 'faults', 'messages']);

/** What a node puts before a person. */
function messagesOf(node: Node): Node[] {
  const args = argumentsOf(node);
  if (node.type === 'NewExpression' && nameOf(node.callee) === 'AppError') return args.slice(1, 2);
  if (node.type === 'CallExpression') {
    const { object, property } = node.callee as { object?: Node; property?: Node };
    if (nameOf(node.callee) === 'invalidField') return args.slice(1, 2);
    if (nameOf(property) === 'push' && lists.has(nameOf(object) ?? '')) return args;
    if (saidBySchema.has(nameOf(property) ?? '')) return args.slice(-1).filter(isText);
  }
  if (node.type === 'VariableDeclarator' && lists.has(nameOf(node.id) ?? '')) return [node.init as Node];
  if (node.type === 'KeyValueProperty' && nameOf(node.key) === 'error') return [node.value as Node];
  if (node.type !== 'ObjectExpression') return [];
  const message = propertyOf(node, 'message');
  return message && (propertyOf(node, 'path') || propertyOf(node, 'code')) ? [message] : [];
}

function textsOf(node: Node | undefined, scope: Scope, files: readonly Scope[][], depth = 0): string[] {
  if (!node || depth > 8) return [hole];
  const all = (nodes: (Node | undefined)[], from = scope) => [
    ...new Set(nodes.flatMap((one) => textsOf(one, from, files, depth + 1))),
  ];
  // A name, `users.view`, is a value; words have spaces.
  const inside = (one: Node) => {
    const texts = all([one]).map((text) => (/^$|\s|^\{\{/.test(text) ? text : hole));
    return texts.length > mostChoices ? [hole] : [...new Set(texts)];
  };
  switch (node.type) {
    case 'StringLiteral':
      return [String(node.value)];
    case 'TemplateLiteral': {
      const quasis = node.quasis as { cooked: string }[];
      const values = (node.expressions as Node[]).map(inside);
      return quasis.reduce(
        (texts, { cooked }, at) => texts.flatMap((text) => (values[at - 1] ?? ['']).map((one) => text + one + cooked)),
        [''],
      );
    }
    case 'BinaryExpression':
      if (node.operator === '??') return all([node.left as Node, node.right as Node]);
      if (node.operator !== '+') return [hole];
      return all([node.left as Node]).flatMap((text) => all([node.right as Node]).map((more) => text + more));
    case 'ConditionalExpression':
      return all([node.consequent as Node, node.alternate as Node]);
    case 'ObjectExpression':
      return all((node.properties as Node[]).map(({ value }) => value as Node));
    case 'ArrayExpression':
      return all((node.elements as { expression: Node }[]).map(({ expression }) => expression));
    case 'MemberExpression': {
      const table = variableOf(nameOf(node.object), scope)?.node;
      return table?.type === 'ObjectExpression' ? all([table]) : [hole];
    }
    case 'CallExpression': {
      const called = functionCalled(nameOf(node.callee), scope, files);
      return called && called.results.length > 0 ? all(called.results, called) : [hole];
    }
    case 'Identifier':
      return ofVariable(String(node.value), scope, files, all);
    default:
      return [hole];
  }
}

function ofVariable(
  name: string,
  scope: Scope,
  files: readonly Scope[][],
  all: (nodes: (Node | undefined)[], from?: Scope) => string[],
): string[] {
  const value = variableOf(name, scope);
  const own = value ? all([value.node], value.scope) : [];
  const taker = scopesOf(scope).find(({ parameters }) => parameters.includes(name));
  if (!taker?.name) return own.length > 0 ? own : [hole];
  const at = taker.parameters.indexOf(name);
  const given = files
    .flat()
    .flatMap((from) =>
      isNear(from.file, taker.file)
        ? from.calls.flatMap(({ name: called, args }) =>
            called === taker.name && args[at] ? all([args[at]], from) : [],
          )
        : [],
    );
  const texts = [...new Set([...own, ...given])];
  return texts.length > 0 ? texts : [hole];
}

/** Functions of the same name in other rooms are other ones. */
function isNear(file: string, other: string): boolean {
  const [one, two] = [dirname(file), dirname(other)];
  return one.startsWith(two) || two.startsWith(one);
}

function scopesOf(scope: Scope): Scope[] {
  return scope.outer ? [scope, ...scopesOf(scope.outer)] : [scope];
}

function variableOf(name: string | undefined, scope: Scope): { node: Node; scope: Scope } | undefined {
  const found = scopesOf(scope).find(({ values }) => values.has(name ?? ''));
  const node = found?.values.get(name ?? '');
  return found && node ? { node, scope: found } : undefined;
}

function functionCalled(name: string | undefined, scope: Scope, files: readonly Scope[][]): Scope | undefined {
  if (name === undefined) return undefined;
  const near = scopesOf(scope).find(({ functions }) => functions.has(name));
  return (near ?? files.map(([file]) => file).find((file) => file?.functions.has(name)))?.functions.get(name);
}

/** The file first, then its functions. */
function readScopes(file: string): Scope[] {
  const tree = parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript' }) as unknown as Node;
  const scopes: Scope[] = [];
  const open = (outer?: Scope, name?: string, params: Node[] = []): Scope => {
    const patterns = params.map((one) => (one.pat ?? one) as Node);
    const scope: Scope = {
      name,
      parameters: patterns.map((one) => nameOf(one.left ?? one)),
      values: new Map(),
      functions: new Map(),
      results: [],
      calls: [],
      messages: [],
      file,
      outer,
    };
    for (const { left, right } of patterns) if (right) scope.values.set(nameOf(left) ?? '', right as Node);
    scopes.push(scope);
    return scope;
  };
  const walk = (node: Node, scope: Scope, name?: string): void => {
    let inside = scope;
    if (Array.isArray(node.params) && node.body) {
      const called = name ?? nameOf(node.identifier);
      inside = open(scope, called, node.params as Node[]);
      if (called) scope.functions.set(called, inside);
      if ((node.body as Node).type !== 'BlockStatement' && node.type === 'ArrowFunctionExpression') {
        inside.results.push(node.body as Node);
      }
    }
    inside.messages.push(...messagesOf(node));
    if (node.type === 'ReturnStatement' && node.argument) inside.results.push(node.argument as Node);
    if (node.type === 'CallExpression') inside.calls.push({ name: nameOf(node.callee) ?? '', args: argumentsOf(node) });
    const declared = node.type === 'VariableDeclarator' ? nameOf(node.id) : undefined;
    if (declared && node.init) inside.values.set(declared, node.init as Node);
    for (const child of Object.values(node).flat()) {
      if (typeof child === 'object' && child) walk(child as Node, inside, child === node.init ? declared : undefined);
    }
  };
  walk(tree, open());
  return scopes;
}

function argumentsOf({ arguments: args }: Node): Node[] {
  return Array.isArray(args) ? (args as { expression: Node }[]).map(({ expression }) => expression) : [];
}

function propertyOf({ properties }: Node, name: string): Node | undefined {
  const property = (properties as Node[]).find((one) => nameOf(one.key ?? one) === name);
  return property && ((property.value as Node | undefined)?.type ? (property.value as Node) : property);
}

function isText({ type }: Node): boolean {
  return type === 'StringLiteral' || type === 'TemplateLiteral';
}

function nameOf(node: unknown): string | undefined {
  const value = (node as Node | undefined)?.value;
  return typeof value === 'string' ? value : undefined;
}

function filesIn(place: string): string[] {
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}
