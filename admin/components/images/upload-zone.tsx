import './images.css';
import { Icon } from '@adminjs/design-system';
import React, { type DragEvent, useEffect, useRef, useState } from 'react';
import { say } from '../base/say.ts';
import { ChosenFiles } from './chosen-files.tsx';
import { UploadList } from './upload-list.tsx';
import { useUploads } from './use-uploads.ts';

interface Props {
  ownerId: string;
  ownerName: string;
  /** Chosen before, elsewhere. */
  files?: readonly File[];
  /** After each image that has arrived. */
  onDone(): void;
}

const noFiles: readonly File[] = [];
const acceptedTypes = 'image/jpeg,image/png,image/webp,image/gif,image/avif,image/tiff,.tif,.tiff,.avif';

/** Where files are dropped, or chosen by a button, to be uploaded for a user. */
export function UploadZone({ ownerId, ownerName, files = noFiles, onDone }: Props) {
  const uploads = useUploads(onDone);
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    if (files.length > 0) uploads.choose(files, ownerId);
  }, []);

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    uploads.choose(event.dataTransfer.files, ownerId);
  };
  return (
    <div className="dr-upload">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same without a mouse */}
      <div
        className={`dr-drop${isOver ? ' dr-drop-over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Icon icon="Upload" size={20} />
        <span>{say('Drop images here to upload them for {{name}}', { name: ownerName })}</span>
        <button type="button" className="dr-button" onClick={() => input.current?.click()}>
          {say('Choose files')}
        </button>
        <input
          ref={input}
          className="dr-hidden"
          type="file"
          multiple
          accept={acceptedTypes}
          tabIndex={-1}
          aria-label={say('Images to upload')}
          onChange={(event) => {
            uploads.choose(event.target.files ?? [], ownerId);
            event.target.value = '';
          }}
        />
      </div>
      <ChosenFiles uploads={uploads} />
      <UploadList uploads={uploads} />
    </div>
  );
}
