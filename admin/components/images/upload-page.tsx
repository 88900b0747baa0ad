import './images.css';
import React, { useId, useState } from 'react';
import { say } from '../base/say.ts';
import { type Picked, RecordPicker } from '../inputs/record-picker.tsx';
import { UploadZone } from './upload-zone.tsx';
import { takeWaiting } from './waiting-files.ts';

/** Uploads on behalf of a user who is chosen here. */
export function UploadPage() {
  const [owner, setOwner] = useState<Picked | null>(null);
  const [files] = useState(takeWaiting);
  const id = useId();
  return (
    <div className="dr-form dr-upload-page">
      <p className="dr-lead">
        {say(
          'The images belong to the user: they count for the user’s quota, and the user’s tier says how large they may be.',
        )}
      </p>
      <div className="dr-owner">
        <label htmlFor={id}>{say('Owner of the images')}</label>
        <RecordPicker
          id={id}
          resourceId="users"
          value={owner}
          onPick={(user) => setOwner(user && { id: user.id, title: user.title })}
          isRequired
        />
      </div>
      {owner ? (
        <UploadZone ownerId={owner.id} ownerName={owner.title} files={files} onDone={() => {}} />
      ) : (
        <p className="dr-help">
          {files.length > 0
            ? say.count(files.length, {
                one: '{{count}} file is waiting: choose the owner first.',
                other: '{{count}} files are waiting: choose the owner first.',
              })
            : say('Choose the owner first.')}
        </p>
      )}
    </div>
  );
}
