import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-api';

export interface FoundExpression {
  file: string;
  line: number;
  /** As it stands in the source. */
  text: string;
  expression: RegExp;
  /** What it wants to the letter somewhere, such as `Bearer`. */
  words: string[];
}

export interface FoundConstructor {
  file: string;
  text: string;
}

/** Every regular expression that the source of these folders spells out, and every one that it puts together. */
export function regularExpressionsIn(folders: readonly string[]): {
  literals: FoundExpression[];
  constructors: FoundConstructor[];
} {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const literals: FoundExpression[] = [];
  const constructors: FoundConstructor[] = [];
  for (const file of files.filter((name) => /\.tsx?$/.test(name))) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) literals.push(literalOf(file, source, node));
      const makes = ts.isNewExpression(node) || ts.isCallExpression(node);
      if (makes && node.expression.getText(source) === 'RegExp')
        constructors.push({ file, text: node.getText(source) });
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { literals, constructors };
}

function literalOf(file: string, source: ts.SourceFile, node: ts.RegularExpressionLiteral): FoundExpression {
  const end = node.text.lastIndexOf('/');
  const pattern = node.text.slice(1, end);
  return {
    file,
    line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
    text: node.text,
    expression: new RegExp(pattern, node.text.slice(end + 1)),
    words: wordsIn(pattern),
  };
}

/** Rows of two or more characters that stand for themselves. */
function wordsIn(pattern: string): string[] {
  const plain = pattern
    .replaceAll(/\[(?:\\.|[^\]\\])*\]|\{[\d,]+\}|\(\?<?[:=!]|\\[pP]\{[^}]*\}|\\[a-zA-Z]/g, '\n')
    .replaceAll(/\\(.)/g, '$1');
  return [...new Set(plain.match(/[\w :/,;="'%@-]{2,}/g) ?? [])];
}
