import { Icon, type IconProps } from '@adminjs/design-system';
import { type RecordJSON, useResource } from 'adminjs';
import React, { useEffect, useRef, useState } from 'react';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import type { InputProps } from './input-props.ts';
import { findOptions, makeInNewWindow } from './record-options.ts';
import { type Picked, RecordPicker } from './record-picker.tsx';

interface Known extends Picked {
  /** What the person may do with it. */
  actions: string[];
}

/**
 * One of another resource's records, found by its name; beside it the ways to see it, to change it and to make a new
 * one, each in a window of its own: what is made there is chosen here. A new record starts with the one that is the
 * default.
 */
export function ReferencePicker({ id, property, record, value, onChange, isInvalid, describedBy }: InputProps) {
  const resourceId = property.reference ?? '';
  const resource = useResource(resourceId);
  const populated = record?.populated[property.propertyPath];
  const [known, setKnown] = useState<Known | null>(populated ? asKnown(populated) : null);
  const stopWaiting = useRef<() => void>(undefined);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each resource; the value is chosen only at first
  useEffect(() => {
    let isHere = true;
    void findOptions(resourceId, '').then((found) => {
      if (!isHere) return;
      const start = found.find((option) => (value ? option.id === value : option.params.isDefault === true));
      if (!start) return;
      setKnown(asKnown(start));
      if (!value) onChange(start.id);
    });
    return () => {
      isHere = false;
    };
  }, [resourceId]);
  useEffect(() => () => stopWaiting.current?.(), []);

  const choose = (picked: Known | null) => {
    setKnown(picked);
    onChange(picked?.id ?? '');
  };
  const add = () => {
    stopWaiting.current?.();
    stopWaiting.current = makeInNewWindow(inPanel(`/resources/${resourceId}/actions/new`), (made) =>
      choose({ ...made, actions: ['show', 'edit'] }),
    );
  };
  const current = known && known.id === value ? known : null;
  const may = (name: string) => current?.actions.includes(name);
  const address = (name: string) => inPanel(`/resources/${resourceId}/records/${current?.id}/${name}`);
  return (
    <div className="dr-pick-row">
      <RecordPicker
        id={id}
        resourceId={resourceId}
        value={current}
        onPick={(picked) => choose(picked && asKnown(picked))}
        isInvalid={isInvalid}
        isRequired={property.isRequired}
        describedBy={describedBy}
      />
      {may('show') ? (
        <OpenButton icon="Eye" address={address('show')} text={say('See {{name}}', { name: current?.title ?? '' })} />
      ) : null}
      {may('edit') ? (
        <OpenButton
          icon="Edit2"
          address={address('edit')}
          text={say('Change {{name}}', { name: current?.title ?? '' })}
        />
      ) : null}
      {resource?.resourceActions.some(({ name }) => name === 'new') ? (
        <button
          type="button"
          className="dr-icon-button"
          title={say('Make a new one and choose it')}
          aria-label={say('Make a new one and choose it')}
          onClick={add}
        >
          <Icon icon="Plus" size={15} />
        </button>
      ) : null}
    </div>
  );
}

function OpenButton({ icon, address, text }: { icon: string; address: string; text: string }) {
  return (
    <a className="dr-icon-button" href={address} target="_blank" rel="noreferrer" title={text} aria-label={text}>
      <Icon icon={icon as IconProps['icon']} size={15} />
    </a>
  );
}

function asKnown({ id, title, recordActions }: RecordJSON): Known {
  return { id, title, actions: recordActions.map(({ name }) => name) };
}
