import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// The closing line of a CI run: the counts of every jest result file in a folder, added up. Fails when nothing ran.
const folder = process.argv[2] ?? '.';
const results = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
const sum = (name) => results.reduce((total, result) => total + result[name], 0);
const passed = sum('numPassedTests');
const failed = sum('numFailedTests') + sum('numRuntimeErrorTestSuites');
const skipped = sum('numPendingTests') + sum('numTodoTests');
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
