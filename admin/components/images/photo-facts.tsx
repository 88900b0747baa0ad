import { type ActionProps, ApiClient, useNotice } from 'adminjs';
import React, { useState } from 'react';
import type { PhotoFacts as Facts, PhotoPosition, ReadPhoto } from '../../../server/images/exif/photo-facts.ts';
import { callAction } from '../base/call-action.ts';
import { locale } from '../base/locale.ts';
import { say } from '../base/say.ts';

const labels: Record<keyof Facts, string> = {
  camera: say('Camera'),
  lens: say('Lens'),
  takenAt: say('Taken'),
  exposure: say('Exposure'),
  aperture: say('Aperture'),
  sensitivity: say('Sensitivity'),
  focalLength: say('Focal length'),
  flash: say('Flash'),
  orientation: say('Orientation'),
  dimensions: say('Dimensions'),
  software: say('Software'),
};
/** How a picture is shown, by EXIF's number. */
const orientations: Record<number, string> = {
  1: say('Upright, as it was stored'),
  2: say('Mirrored'),
  3: say('Turned by 180°'),
  4: say('Mirrored and turned by 180°'),
  5: say('Mirrored and turned counter-clockwise by 90°'),
  6: say('Turned clockwise by 90°'),
  7: say('Mirrored and turned clockwise by 90°'),
  8: say('Turned counter-clockwise by 90°'),
};
const names = Object.keys(labels) as (keyof Facts)[];

/** What the camera wrote into the original, when somebody asks; the position only by its own button. */
export function PhotoFacts({ action, resource, record }: ActionProps) {
  const [photo, setPhoto] = useState<ReadPhoto>();
  const [position, setPosition] = useState<PhotoPosition | null>();
  const [isBusy, setBusy] = useState(false);
  const addNotice = useNotice();
  if (!record) return null;
  const target = { resourceId: resource.id, actionName: action.name, recordId: record.id };

  const busy = async (work: () => Promise<void>) => {
    setBusy(true);
    await work().catch(() =>
      addNotice({ type: 'error', message: say('The original could not be read. Try again in a moment.') }),
    );
    setBusy(false);
  };
  const read = () =>
    busy(async () => {
      const { data } = await new ApiClient().recordAction(target);
      const { section } = data as unknown as { section?: ReadPhoto };
      if (!section) throw new Error('no answer');
      setPhoto(section);
    });
  const locate = () =>
    busy(async () => {
      const answer = await callAction(target);
      if (answer.notice) addNotice(answer.notice);
      const { section } = answer as { section?: { position: PhotoPosition | null } };
      if (section) setPosition(section.position);
    });

  const known = names.filter((name) => photo?.facts[name]);
  return (
    <section className="dr-section" aria-label={say('From the camera')} aria-busy={isBusy}>
      <h2>{say('From the camera')}</h2>
      {photo && known.length === 0 ? (
        <p className="dr-nothing">{say('The original has no EXIF that can be read.')}</p>
      ) : null}
      {known.length > 0 ? (
        <dl className="dr-facts">
          {known.map((name) => (
            <React.Fragment key={name}>
              <dt>{labels[name]}</dt>
              <dd>{name === 'orientation' ? orientations[photo?.facts[name] ?? 1] : photo?.facts[name]}</dd>
            </React.Fragment>
          ))}
        </dl>
      ) : null}
      {position === undefined ? null : <Position position={position} />}
      <div className="dr-buttons">
        {photo ? null : (
          <button type="button" className="dr-button" disabled={isBusy} onClick={read}>
            {say('Read the EXIF of the original')}
          </button>
        )}
        {photo?.hasPosition && position === undefined ? (
          <button type="button" className="dr-button" disabled={isBusy} onClick={locate}>
            {say('Show where it was taken (the log tells that you looked)')}
          </button>
        ) : null}
      </div>
    </section>
  );
}

function Position({ position }: { position: PhotoPosition | null }) {
  if (!position) return <p className="dr-nothing">{say('The position in it cannot be read.')}</p>;
  const degrees = (value: number) => value.toLocaleString(locale, { maximumFractionDigits: 6 });
  return (
    <dl className="dr-facts">
      <dt>{say('Latitude')}</dt>
      <dd>{degrees(position.latitude)}°</dd>
      <dt>{say('Longitude')}</dt>
      <dd>{degrees(position.longitude)}°</dd>
      {position.altitude ? (
        <>
          <dt>{say('Altitude')}</dt>
          <dd>{position.altitude}</dd>
        </>
      ) : null}
    </dl>
  );
}
