import React from 'react';
import type { AccountAccess } from '../../access/account-access.ts';
import { formatCount, formatMoment } from '../base/format.ts';
import { say } from '../base/say.ts';

/** Where an account is logged in. */
export function SessionList({ access: { password, sessions, tokens } }: { access: AccountAccess }) {
  return (
    <>
      <dl className="dr-facts">
        <dt>{say('Password')}</dt>
        <dd>{password}</dd>
        <dt>{say('Programs')}</dt>
        <dd>
          {tokens === 0
            ? say('none is logged in')
            : say.count(tokens, { one: '{{count}} logged in by token', other: '{{count}} logged in by token' })}
        </dd>
        <dt>{say('Sessions in this panel')}</dt>
        <dd>{sessions.length === 0 ? say('none') : formatCount(sessions.length)}</dd>
      </dl>
      {sessions.length > 0 ? (
        <div className="dr-scroll">
          <table className="dr-changes">
            <thead>
              <tr>
                <th scope="col">{say('Since')}</th>
                <th scope="col">{say('Address')}</th>
                <th scope="col">{say('Browser')}</th>
              </tr>
            </thead>
            <tbody>
              {sessions.map(({ signedInAt, address, userAgent }) => (
                <tr key={`${signedInAt} ${address} ${userAgent}`}>
                  <td className="dr-nowrap">{formatMoment(signedInAt)}</td>
                  <td>{address}</td>
                  <td>{userAgent || '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </>
  );
}
