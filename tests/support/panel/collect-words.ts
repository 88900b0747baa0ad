import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';

/** What the panel says, as its source has it. */
export interface CollectedWords {
  /** The first argument of `say(…)`, `said(…)` and `word(…)`. */
  texts: Set<string>;
  /** Of `say.count(…)`: the English for many, by which a language has its forms. */
  counted: Set<string>;
  /** English that a page would show in every language, with its file. */
  unsaid: string[];
}

interface Node {
  type?: string;
  [key: string]: unknown;
}

const shownAttributes = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label']);
const letters = /\p{L}{2}/u;
/** The same in every language. */
const names = /^(?:Darkroom|px|CSV|JSON)$/;

export function collectWords(directory: string): CollectedWords {
  const words: CollectedWords = { texts: new Set(), counted: new Set(), unsaid: [] };
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    const tree = parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript', tsx: file.endsWith('x') });
    visit(tree as unknown as Node, (node) => collect(node, words, file));
  }
  return words;
}

function visit(node: Node, look: (node: Node) => void): void {
  look(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null) visit(child as Node, look);
    }
  }
}

function collect(node: Node, words: CollectedWords, file: string): void {
  if (node.type === 'CallExpression') {
    const args = (node.arguments as { expression: Node }[]).map(({ expression }) => expression);
    const name = nameOf(node.callee as Node);
    if (name === 'say' || name === 'word') {
      const text = textOf(args[0]);
      if (text !== undefined) words.texts.add(text);
      else if (args[0]?.type === 'TemplateLiteral') words.unsaid.push(`${file}: say() of a text with holes`);
    }
    if (name === 'say.count') {
      const other = ((args[1]?.properties ?? []) as Node[]).find(({ key }) => keyOf(key as Node) === 'other');
      const text = textOf(other?.value as Node | undefined);
      if (text !== undefined) words.counted.add(text);
    }
  }
  for (const shown of shownBy(node)) {
    const text = shown.trim().replaceAll(/\s+/g, ' ');
    if (letters.test(text) && !names.test(text)) words.unsaid.push(`${file}: ${text}`);
  }
}

/** The literals that a node puts before a person. */
function shownBy(node: Node): string[] {
  if (node.type === 'JSXText') return [String(node.value)];
  if (node.type === 'JSXElement' || node.type === 'JSXFragment') {
    return (node.children as Node[]).filter(({ type }) => type === 'JSXExpressionContainer').flatMap(literalsIn);
  }
  if (node.type === 'JSXAttribute' && shownAttributes.has(keyOf(node.name as Node) ?? '')) {
    return literalsIn(node.value as Node);
  }
  // What the server answers: `{ message: 'Saved.' }`. With a path it is an error at a field: collect-problems.ts has those.
  if (node.type === 'ObjectExpression') {
    const properties = node.properties as Node[];
    if (properties.some(({ key }) => keyOf(key as Node) === 'path')) return [];
    return properties
      .filter(({ key }) => keyOf(key as Node) === 'message')
      .flatMap(({ value }) => literalsIn(value as Node));
  }
  if (node.type === 'VariableDeclarator' && keyOf(node.id as Node) === 'message') return literalsIn(node.init as Node);
  return [];
}

function literalsIn(node: Node | undefined): string[] {
  if (node?.type === 'JSXExpressionContainer') return literalsIn(node.expression as Node);
  if (node?.type === 'ConditionalExpression') {
    return [...literalsIn(node.consequent as Node), ...literalsIn(node.alternate as Node)];
  }
  if (node?.type === 'StringLiteral') return [String(node.value)];
  if (node?.type !== 'TemplateLiteral') return [];
  return [(node.quasis as { cooked: string }[]).map(({ cooked }) => cooked).join(' … ')];
}

function nameOf(callee: Node): string {
  if (callee.type === 'Identifier') return String(callee.value);
  if (callee.type !== 'MemberExpression') return '';
  const object = nameOf(callee.object as Node);
  const property = String((callee.property as Node).value);
  // `user.say` and `look.say` are `say` as well.
  return property === 'say' ? 'say' : `${object.split('.').at(-1)}.${property}`;
}

function keyOf(key: Node | undefined): string | undefined {
  return typeof key?.value === 'string' ? key.value : undefined;
}

/** Of a literal, or of a template without holes. */
function textOf(node: Node | undefined): string | undefined {
  if (node?.type === 'StringLiteral') return String(node.value);
  if (node?.type !== 'TemplateLiteral') return undefined;
  const quasis = node.quasis as { cooked: string }[];
  return quasis.length === 1 ? quasis[0]?.cooked : undefined;
}
