import { ApiClient } from 'adminjs';
import React, { type FormEvent, useEffect, useRef, useState } from 'react';
import type { OwnAccount as Account } from '../../pages/own-account.ts';
import type { Answer } from '../base/call-action.ts';
import { noAnswer } from '../base/call-action.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { SessionList } from '../sections/session-list.tsx';

const fields = [
  { name: 'current', label: say('Current password'), autoComplete: 'current-password', help: '' },
  {
    name: 'new',
    label: say('New password'),
    autoComplete: 'new-password',
    help: say('12 to 1024 characters; not your user name, not a common password.'),
  },
  { name: 'newAgain', label: say('New password again'), autoComplete: 'new-password', help: '' },
];

/** One's own account: the password, and where one is logged in. */
export function OwnAccount() {
  const [account, setAccount] = useState<Account>();
  const [problem, setProblem] = useState<Answer['problem']>();
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    document.title = `${say('Your account')} · Darkroom`;
    new ApiClient()
      .getPage<Account>({ pageName: 'account' })
      .then(({ data }) => setAccount(data))
      .catch(() => {});
  }, []);
  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [problem]);
  if (!account) return <div className="dr-dashboard" aria-busy="true" />;

  const send = async (data: Record<string, unknown>) => {
    setBusy(true);
    const call = new ApiClient().getPage<Answer & { hasEnded?: true }>({ pageName: 'account', method: 'POST', data });
    const answer = await call.then((response) => response.data).catch(() => undefined);
    setBusy(false);
    if (answer?.hasEnded) return window.location.assign(`${window.REDUX_STATE.paths.loginPath}?next=${inPanel()}`);
    setProblem(answer?.problem ?? noAnswer.problem);
  };
  const changePassword = (event: FormEvent) => {
    event.preventDefault();
    const typed = new FormData(form.current ?? undefined);
    void send({ do: 'changePassword', ...Object.fromEntries(typed) });
  };
  const errorOf = (name: string) => problem?.errors.find(({ path }) => path === name)?.message;

  return (
    <div className="dr-dashboard">
      <h1>{account.username}</h1>
      <p className="dr-lead">
        {account.isSuperuser ? say('Superuser') : say('Staff')} · {say('tier {{name}}', { name: account.tier })}
      </p>
      <section className="dr-steps" aria-label={say('Change your password')}>
        <h2>{say('Change your password')}</h2>
        <p>{say('All your sessions and tokens end, this one too; you log in again with the new password.')}</p>
        {problem && problem.errors.length === 0 ? (
          <div className="dr-banner" role="alert">
            {problem.detail}
          </div>
        ) : null}
        <form ref={form} onSubmit={changePassword} noValidate>
          <input type="text" name="username" autoComplete="username" defaultValue={account.username} hidden />
          {fields.map(({ name, label, autoComplete, help }) => (
            <PasswordField
              key={name}
              name={name}
              label={label}
              autoComplete={autoComplete}
              help={help}
              error={errorOf(name)}
            />
          ))}
          <div className="dr-buttons">
            <button type="submit" className="dr-button dr-primary" disabled={isBusy}>
              {say('Change password')}
            </button>
          </div>
        </form>
      </section>
      <section className="dr-steps" aria-label={say('Where you are logged in')}>
        <h2>{say('Where you are logged in')}</h2>
        <SessionList access={account.access} />
        <div className="dr-buttons">
          <button
            type="button"
            className="dr-button"
            disabled={isBusy}
            onClick={() => void send({ do: 'endSessions' })}
          >
            {say('Log out everywhere')}
          </button>
        </div>
      </section>
    </div>
  );
}

interface FieldProps {
  name: string;
  label: string;
  autoComplete: string;
  help: string;
  error: string | undefined;
}

function PasswordField({ name, label, autoComplete, help, error }: FieldProps) {
  const id = `own-${name}`;
  return (
    <div className="dr-field">
      <label className="dr-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        name={name}
        className="dr-input"
        type="password"
        autoComplete={autoComplete}
        maxLength={1024}
        aria-invalid={Boolean(error)}
        aria-describedby={error ? `${id}-error` : help ? `${id}-help` : undefined}
      />
      {error ? (
        <span className="dr-error" id={`${id}-error`} role="alert">
          {error}
        </span>
      ) : null}
      {help ? (
        <span className="dr-help" id={`${id}-help`}>
          {help}
        </span>
      ) : null}
    </div>
  );
}
