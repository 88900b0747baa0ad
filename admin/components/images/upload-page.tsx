import './images.css';
import React, { useState } from 'react';
import { say } from '../base/say.ts';
import { OwnerPicker } from './owner-picker.tsx';
import { UploadZone } from './upload-zone.tsx';

/** Uploads on behalf of a user who is chosen here. */
export function UploadPage() {
  const [owner, setOwner] = useState<{ id: string; name: string }>();
  return (
    <div className="dr-form dr-upload-page">
      <p className="dr-lead">
        {say(
          'The images belong to the user: they count for the user’s quota, and the user’s tier says how large they may be.',
        )}
      </p>
      <OwnerPicker onChoose={setOwner} />
      {owner ? (
        <UploadZone key={owner.id} ownerId={owner.id} ownerName={owner.name} onDone={() => {}} />
      ) : (
        <p className="dr-help">{say('Choose the owner first.')}</p>
      )}
    </div>
  );
}
