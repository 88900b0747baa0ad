import { Icon, type IconProps } from '@adminjs/design-system';
import { type RecordJSON, useResource } from 'adminjs';
import React, { useEffect, useRef, useState } from 'react';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import type { InputProps } from './input-props.ts';
import { askNewWindow, findOptions } from './record-options.ts';
import { type Picked, RecordPicker } from './record-picker.tsx';

interface Known extends Picked {
  /** What the person may do with it. */
  actions: string[];
}

/**
 * One of another resource's records, found by its name; beside it the ways to see it, to change it, to delete it and to
 * make a new one, each in a window of its own: what is made there is chosen here, and what is deleted there is not any
 * more. A new record starts with the one that is the default.
 */
export function ReferencePicker({ id, property, record, value, onChange, isInvalid, describedBy }: InputProps) {
  const resourceId = property.reference ?? '';
  const resource = useResource(resourceId);
  const populated = record?.populated[property.propertyPath];
  const [known, setKnown] = useState<Known | null>(populated ? asKnown(populated) : null);
  const stopWaiting = useRef<() => void>(undefined);
  const chosenNow = useRef(value);
  chosenNow.current = value;

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each resource, and when the value was taken away
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
  }, [resourceId, !value]);
  useEffect(() => () => stopWaiting.current?.(), []);

  const choose = (picked: Known | null) => {
    setKnown(picked);
    onChange(picked?.id ?? '');
  };
  const add = () => {
    stopWaiting.current?.();
    stopWaiting.current = askNewWindow(inPanel(`/resources/${resourceId}/actions/new`), ({ id, title }) => {
      choose({ id, title, actions: ['show', 'edit'] });
      void findOptions(resourceId, title).then((found) => {
        const made = found.find((option) => option.id === id);
        if (made) setKnown(asKnown(made));
      });
    });
  };
  const remove = () => {
    stopWaiting.current?.();
    stopWaiting.current = askNewWindow(address('delete'), ({ id }) => {
      if (chosenNow.current === id) choose(null);
    });
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
        <AskButton icon="Plus" text={say('Make a new one and choose it')} onClick={add} />
      ) : null}
      {may('delete') ? (
        <AskButton icon="Trash2" text={say('Delete {{name}}', { name: current?.title ?? '' })} onClick={remove} />
      ) : null}
    </div>
  );
}

function AskButton({ icon, text, onClick }: { icon: string; text: string; onClick(): void }) {
  return (
    <button type="button" className="dr-icon-button" title={text} aria-label={text} onClick={onClick}>
      <Icon icon={icon as IconProps['icon']} size={15} />
    </button>
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
