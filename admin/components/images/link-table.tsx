import { useNotice } from 'adminjs';
import React, { useState } from 'react';
import { Link } from 'react-router-dom';
import type { RecentLink } from '../../links/recent-links.ts';
import { callAction, noAnswer } from '../base/call-action.ts';
import { formatCount, formatMoment } from '../base/format.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { Chip } from '../values/value-frame.tsx';

const words = { live: say('Live'), ended: say('Ended'), 'used up': say('Used up'), revoked: say('Revoked') };
const tones = { live: 'good', ended: 'plain', 'used up': 'plain', revoked: 'bad' } as const;

interface Props {
  links: RecentLink[];
  /** Beside several images, which one. */
  hasImages?: boolean;
  canRevoke: boolean;
  onChange(): void;
}

/** Expiring links with their counters; those that live can be ended. */
export function LinkTable({ links, hasImages = false, canRevoke, onChange }: Props) {
  return (
    <div className="dr-scroll">
      <table className="dr-changes">
        <thead>
          <tr>
            {hasImages ? <th scope="col">{say('Image')}</th> : null}
            <th scope="col">{say('Opens')}</th>
            <th scope="col">{say('State')}</th>
            <th scope="col">{say('Ends')}</th>
            <th scope="col">{say('Uses')}</th>
            {canRevoke ? (
              <th scope="col">
                <span className="dr-hidden">{say('Revoke')}</span>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {links.map((link) => (
            <tr key={link.id}>
              {hasImages ? <td>{link.imageName}</td> : null}
              <td className="dr-nowrap">
                <Link className="dr-link" to={inPanel(`/resources/links/records/${link.id}/show`)}>
                  {link.height === null ? say('the original') : say('{{height}} px', { height: link.height })}
                </Link>
              </td>
              <td>
                <Chip tone={tones[link.condition]}>{words[link.condition]}</Chip>
              </td>
              <td className="dr-nowrap">
                <time dateTime={link.expiresAt}>{formatMoment(link.expiresAt)}</time>
              </td>
              <td className="dr-nowrap">
                {link.maxUses === null
                  ? formatCount(link.uses)
                  : say('{{uses}} of {{most}}', { uses: formatCount(link.uses), most: formatCount(link.maxUses) })}
              </td>
              {canRevoke ? (
                <td>{link.condition === 'live' ? <RevokeButton link={link} onDone={onChange} /> : null}</td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RevokeButton({ link, onDone }: { link: RecentLink; onDone(): void }) {
  const [isSure, setSure] = useState(false);
  const addNotice = useNotice();
  const revoke = async () => {
    setSure(false);
    const target = { resourceId: 'links', actionName: 'revoke', recordId: link.id };
    const answer = await callAction(target).catch(() => undefined);
    addNotice(answer?.notice ?? noAnswer.notice);
    onDone();
  };
  return isSure ? (
    <button type="button" className="dr-button dr-danger" onClick={revoke} onBlur={() => setSure(false)}>
      {say('Yes, revoke it')}
    </button>
  ) : (
    <button type="button" className="dr-button dr-danger-quiet" onClick={() => setSure(true)}>
      {say('Revoke')}
    </button>
  );
}
