import React from 'react';
import type { AccountAccess } from '../../access/account-access.ts';
import { formatCount, formatMoment } from '../base/format.ts';

/** Where an account is logged in. */
export function SessionList({ access: { password, sessions, tokens } }: { access: AccountAccess }) {
  return (
    <>
      <dl className="dr-facts">
        <dt>Password</dt>
        <dd>{password}</dd>
        <dt>Programs</dt>
        <dd>{tokens === 0 ? 'none is logged in' : `${formatCount(tokens)} logged in by token`}</dd>
        <dt>Sessions in this panel</dt>
        <dd>{sessions.length === 0 ? 'none' : formatCount(sessions.length)}</dd>
      </dl>
      {sessions.length > 0 ? (
        <div className="dr-scroll">
          <table className="dr-changes">
            <thead>
              <tr>
                <th scope="col">Since</th>
                <th scope="col">Address</th>
                <th scope="col">Browser</th>
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
