import React, { useEffect, useId, useRef, useState } from 'react';
import { byteOrderMark } from '../../../core/spreadsheet-text.ts';
import { csvLine } from '../../export/export-format.ts';
import { say } from '../base/say.ts';
import { RowTable } from './row-table.tsx';
import { type Row, sendFile } from './send-file.ts';

type Stage = 'choose' | 'trying' | 'tried' | 'importing' | 'done';

/** Users from a CSV file: first what would happen to each row, then, when somebody says so, it happens. */
export function ImportUsers() {
  const [file, setFile] = useState<File>();
  const [stage, setStage] = useState<Stage>('choose');
  const [rows, setRows] = useState<Row[]>([]);
  const [toMake, setToMake] = useState(0);
  const [problem, setProblem] = useState<string>();
  const leaving = useRef(new AbortController());
  const id = useId();
  useEffect(() => () => leaving.current.abort(), []);

  const send = async (chosen: File, isDryRun: boolean) => {
    leaving.current.abort();
    const current = new AbortController();
    leaving.current = current;
    setStage(isDryRun ? 'trying' : 'importing');
    setProblem(undefined);
    setRows([]);
    const found: Row[] = [];
    const onRows = (more: Row[]) => {
      found.push(...more);
      if (!current.signal.aborted) setRows([...found]);
    };
    const fault = await sendFile(chosen, { isDryRun, signal: current.signal, onRows });
    if (current.signal.aborted) return;
    setProblem(fault);
    setToMake(found.filter(({ verdict }) => verdict === 'new').length);
    setStage(isDryRun ? 'tried' : 'done');
  };
  const choose = (chosen: File | undefined) => {
    setFile(chosen);
    if (chosen) void send(chosen, true);
  };

  const count = (verdict: Row['verdict']) => rows.filter((row) => row.verdict === verdict).length;
  const linked = rows.filter(({ link }) => link !== undefined);
  const isBusy = stage === 'trying' || stage === 'importing';
  return (
    <div className="dr-form dr-import">
      <p className="dr-lead">
        {say(
          'One user in each row. The first row names the columns: username, and any of email, tier, password, active.',
        )}
      </p>
      <pre className="dr-sample">{sample}</pre>
      <p className="dr-help">
        {say(
          'Commas, semicolons or tabs; UTF-8; 5 MB and 10,000 users at most. Without a tier they get the default one. Who comes without a password gets a link to set one. Nobody becomes staff by an import.',
        )}
      </p>
      <div className="dr-field">
        <label className="dr-label" htmlFor={id}>
          {say('CSV file')}
        </label>
        <input
          id={id}
          type="file"
          accept=".csv,text/csv"
          disabled={stage === 'importing'}
          onChange={(event) => choose(event.target.files?.[0])}
        />
      </div>
      {problem ? (
        <div className="dr-banner" role="alert">
          {problem}
        </div>
      ) : null}
      {isBusy ? (
        <label className="dr-label" role="status">
          {stage === 'trying'
            ? say('Reading the file…')
            : say.count(count('made'), {
                one: '{{count}} user is made; keep this page open.',
                other: '{{count}} users are made; keep this page open.',
              })}
          <progress
            className="dr-meter"
            value={stage === 'importing' ? count('made') : undefined}
            max={stage === 'importing' ? toMake : undefined}
          />
        </label>
      ) : null}
      {stage === 'tried' || stage === 'done' ? (
        <>
          <div role="status">
            <ul className="dr-related">
              <li>
                {stage === 'tried'
                  ? say.count(toMake, { one: '{{count}} user will be made.', other: '{{count}} users will be made.' })
                  : say.count(count('made'), { one: '{{count}} user is made.', other: '{{count}} users are made.' })}
              </li>
              <li>
                {say.count(count('exists'), {
                  one: '{{count}} is there already.',
                  other: '{{count}} are there already.',
                })}
              </li>
              <li>
                {say.count(count('wrong'), { one: '{{count}} row is wrong.', other: '{{count}} rows are wrong.' })}
              </li>
            </ul>
          </div>
          {stage === 'tried' && file && !problem && toMake > 0 ? (
            <div className="dr-buttons">
              <button type="button" className="dr-button dr-primary" onClick={() => void send(file, false)}>
                {say.count(toMake, { one: 'Import {{count}} user', other: 'Import {{count}} users' })}
              </button>
            </div>
          ) : null}
          {linked.length > 0 ? <Links rows={linked} /> : null}
          <RowTable rows={rows} />
        </>
      ) : null}
    </div>
  );
}

/** The links by which the new users set their passwords: shown this once. */
function Links({ rows }: { rows: Row[] }) {
  const save = () => {
    const lines = [['username', 'link'], ...rows.map(({ username, link }) => [username, link])].map(csvLine);
    const address = URL.createObjectURL(new Blob([byteOrderMark, ...lines], { type: 'text/csv' }));
    const anchor = document.createElement('a');
    anchor.href = address;
    anchor.download = 'password-links.csv';
    anchor.click();
    // The browser reads it after the click.
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };
  return (
    <div className="dr-meaning">
      <p>
        {say.count(rows.length, {
          one: '{{count}} user has no password yet, but a link that sets it: once, within a day. It is shown now and never again.',
          other:
            '{{count}} users have no password yet, but a link each that sets it: once, within a day. They are shown now and never again.',
        })}
      </p>
      <button type="button" className="dr-button" onClick={save}>
        {say('Save the links as a CSV file')}
      </button>
    </div>
  );
}

const sample = 'username,email,tier\nfrida,frida@example.org,Premium';
