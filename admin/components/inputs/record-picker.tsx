import type { RecordJSON } from 'adminjs';
import React, { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { say } from '../base/say.ts';
import { findOptions } from './record-options.ts';

export interface Picked {
  id: string;
  title: string;
}

interface Props {
  id: string;
  resourceId: string;
  value: Picked | null;
  onPick(picked: RecordJSON | null): void;
  isInvalid?: boolean;
  isRequired?: boolean;
  describedBy?: string | undefined;
}

const waitMilliseconds = 150;

/** Finds a record by its name while one types (the WAI-ARIA combobox pattern, with a list). */
export function RecordPicker({ id, resourceId, value, onPick, isInvalid, isRequired, describedBy }: Props) {
  const [typed, setTyped] = useState<string>();
  const [options, setOptions] = useState<RecordJSON[]>();
  const [active, setActive] = useState(0);
  const listId = useId();
  const isOpen = typed !== undefined;

  useEffect(() => {
    if (typed === undefined) return;
    let isHere = true;
    const timer = setTimeout(() => {
      void findOptions(resourceId, typed.trim()).then((found) => {
        if (!isHere) return;
        setOptions(found);
        setActive(0);
      });
    }, waitMilliseconds);
    return () => {
      isHere = false;
      clearTimeout(timer);
    };
  }, [resourceId, typed]);

  const close = () => {
    setTyped(undefined);
    setOptions(undefined);
  };
  const pick = (option: RecordJSON | undefined) => {
    if (option) onPick(option);
    close();
  };
  const move = (step: number) => {
    if (!isOpen) return setTyped('');
    const count = options?.length ?? 0;
    if (count > 0) setActive((before) => (before + step + count) % count);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') move(event.key === 'ArrowDown' ? 1 : -1);
    else if (event.key === 'Enter' && isOpen) pick(options?.[active]);
    else if (event.key === 'Escape' && isOpen) close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="dr-pick">
      <input
        id={id}
        className="dr-input"
        role="combobox"
        autoComplete="off"
        spellCheck={false}
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && options?.[active] ? `${listId}-${active}` : undefined}
        aria-invalid={isInvalid || undefined}
        aria-describedby={describedBy}
        aria-required={isRequired || undefined}
        placeholder={isOpen ? (value?.title ?? say('Type a name')) : say('Type a name')}
        value={typed ?? value?.title ?? ''}
        onFocus={(event) => event.currentTarget.select()}
        onClick={() => !isOpen && setTyped('')}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <div id={listId} role="listbox" aria-label={say('What matches')} className="dr-pick-list" hidden={!isOpen}>
        {(options ?? []).map((option, index) => (
          <Option
            key={option.id}
            id={`${listId}-${index}`}
            option={option}
            isActive={index === active}
            isChosen={option.id === value?.id}
            onPick={pick}
          />
        ))}
        {options?.length === 0 ? <div className="dr-pick-note">{say('Nothing matches.')}</div> : null}
      </div>
    </div>
  );
}

interface OptionProps {
  id: string;
  option: RecordJSON;
  isActive: boolean;
  isChosen: boolean;
  onPick(option: RecordJSON): void;
}

function Option({ id, option, isActive, isChosen, onPick }: OptionProps) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) element.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the active one
    // biome-ignore lint/a11y/useKeyWithClickEvents: so do the keys
    <div
      ref={element}
      id={id}
      role="option"
      aria-selected={isChosen}
      data-active={isActive}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onPick(option)}
    >
      {option.title}
    </div>
  );
}
