import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../server/project-root.ts';

const { default: jestConfig } = (await import(join(projectRoot, 'jest.config.mjs'))) as {
  default: { projects: { displayName: string; testRegex: string[] }[] };
};
const suites = jestConfig.projects.map(({ displayName, testRegex }) => ({
  name: displayName,
  patterns: testRegex.map((pattern) => new RegExp(pattern)),
}));
const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const testScripts = Object.entries(scripts).filter(([name]) => /^test(:|$)/.test(name));
const selection = /--selectProjects ((?:\w+ )+)(.*)$/;

describe('the suites', () => {
  it('have every test file once', () => {
    const files = readdirSync(join(projectRoot, 'tests'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => join(projectRoot, 'tests', file));
    const misplaced = files.filter(
      (file) => suites.filter(({ patterns }) => patterns.some((pattern) => pattern.test(file))).length !== 1,
    );
    expect(files.length).toBeGreaterThan(0);
    expect(misplaced).toEqual([]);
  });

  it('are each run by one script', () => {
    const run = testScripts.flatMap(([, command]) => selection.exec(command)?.[1]?.trim().split(' ') ?? []);
    expect(run.sort()).toEqual(suites.map(({ name }) => name).sort());
  });

  it.each(testScripts)(
    'of %s are chosen before another option, which keeps the name of a file apart from them',
    (_, command) => {
      expect(selection.exec(command)?.[2]).toMatch(/^--\w+$/);
    },
  );

  it('are narrowed to one file by its name behind npm test', () => {
    const file = 'tests/unit/tools/suites.test.ts';
    const listed = execFileSync('npm', ['test', '--silent', '--', '--listTests', '--json', file], {
      cwd: projectRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(JSON.parse(listed.trim().split('\n').at(-1) ?? '')).toEqual([join(projectRoot, file)]);
  });
});
