import type { ImportLine } from '../../import/import-router.ts';
import { noAnswer } from '../base/call-action.ts';
import { inPanel } from '../base/panel-path.ts';

export type Row = Extract<ImportLine, { row: unknown }>['row'];

/**
 * Sends a file, and tells each row as its answer comes. Gives what was wrong with the whole, in words; undefined when
 * it went through to the end.
 */
export async function sendFile(
  file: File,
  { isDryRun, signal, onRows }: { isDryRun: boolean; signal: AbortSignal; onRows(rows: Row[]): void },
): Promise<string | undefined> {
  try {
    const response = await fetch(inPanel(`/import/users${isDryRun ? '?dryRun=1' : ''}`), {
      method: 'POST',
      body: file,
      headers: { 'content-type': 'text/csv', accept: 'application/json' },
      signal,
    });
    if (!response.ok || !response.body) {
      const refusal = (await response.json()) as { problem?: { detail: string } };
      return (refusal.problem ?? noAnswer.problem).detail;
    }
    return await readLines(response.body, onRows);
  } catch {
    return noAnswer.problem.detail;
  }
}

async function readLines(body: ReadableStream<Uint8Array>, onRows: (rows: Row[]) => void): Promise<string | undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return undefined;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    const answers = lines.map((line) => JSON.parse(line) as ImportLine);
    onRows(answers.flatMap((answer) => ('row' in answer ? [answer.row] : [])));
    for (const answer of answers) if ('problem' in answer) return answer.problem.detail;
  }
}
