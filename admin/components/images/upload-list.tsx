import React from 'react';
import { Link } from 'react-router-dom';
import { formatBytes } from '../base/format.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import type { Upload, Uploads } from './use-uploads.ts';

/** How far each file is, with a way to stop it or to send it again. */
export function UploadList({ uploads: { uploads, cancel, retry } }: { uploads: Uploads }) {
  const sent = uploads.filter(({ state }) => state !== 'chosen');
  if (sent.length === 0) return null;
  const done = sent.filter(({ state }) => state === 'done').length;
  return (
    <>
      <p className="dr-help" role="status">
        {say('{{done}} of {{all}} uploaded', { done, all: sent.length })}
      </p>
      <ul className="dr-uploads">
        {sent.map((upload) => (
          <li key={upload.key}>
            <span className="dr-upload-name">
              {upload.image ? (
                <Link className="dr-link" to={inPanel(`/resources/images/records/${upload.image.id}/show`)}>
                  {upload.image.name}
                </Link>
              ) : (
                upload.name
              )}
            </span>
            <Progress upload={upload} />
            {upload.state === 'waiting' || upload.state === 'sending' ? (
              <button
                type="button"
                className="dr-button"
                aria-label={say('Cancel {{name}}', { name: upload.name })}
                onClick={() => cancel(upload.key)}
              >
                {say('Cancel')}
              </button>
            ) : null}
            {upload.state === 'failed' || upload.state === 'cancelled' ? (
              <button
                type="button"
                className="dr-button"
                aria-label={say('Send {{name}} again', { name: upload.name })}
                onClick={() => retry(upload.key)}
              >
                {say('Send again')}
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </>
  );
}

function Progress({ upload: { state, file, name, sentBytes, message } }: { upload: Upload }) {
  const size = formatBytes(file.size);
  if (state === 'done') return <span className="dr-yes">{say('Uploaded, {{size}}', { size })}</span>;
  if (state === 'cancelled') return <span className="dr-nothing">{say('Cancelled')}</span>;
  if (state === 'failed') return <span className="dr-error">{message}</span>;
  return (
    <span className="dr-upload-progress">
      <progress max={file.size || 1} value={sentBytes} aria-label={name} />
      <span className="dr-nowrap">{say('{{sent}} of {{size}}', { sent: formatBytes(sentBytes), size })}</span>
    </span>
  );
}
