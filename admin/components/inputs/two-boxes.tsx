import React, { type KeyboardEvent, useId, useState } from 'react';
import { formatCount } from '../base/format.ts';
import { say } from '../base/say.ts';
import { FilterField, hasWords } from './filter-field.tsx';

export interface Choice {
  id: string;
  title: string;
  /** It stays on its side. */
  isFixed?: boolean;
}

interface Props {
  id: string;
  choices: Choice[];
  /** Ids; one that is no choice here stays as it is. */
  chosen: string[];
  onChange(chosen: string[]): void;
  describedBy: string | undefined;
}

/**
 * What can be chosen beside what is chosen. Both are lists of the browser's own, so that its keys and a screen reader's
 * work there; what is marked goes over by a button, by Enter, by the arrow to the other side or by a double click.
 */
export function TwoBoxes({ id, choices, chosen, onChange, describedBy }: Props) {
  const [toAdd, setToAdd] = useState<string[]>([]);
  const [toRemove, setToRemove] = useState<string[]>([]);
  const add = (ids: string[]) => {
    onChange([...chosen, ...ids.filter((one) => !chosen.includes(one))]);
    setToAdd([]);
  };
  const remove = (ids: string[]) => {
    onChange(chosen.filter((one) => !ids.includes(one)));
    setToRemove([]);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: the field around it has the label, which a legend would say twice
    <div className="dr-two-boxes" id={id} role="group" aria-labelledby={`${id}-label`} aria-describedby={describedBy}>
      <Box
        label={say('Available')}
        filterLabel={say('Narrow what is available')}
        allText={say('Choose all')}
        across="ArrowRight"
        choices={choices.filter((choice) => !chosen.includes(choice.id))}
        marked={toAdd}
        onMark={setToAdd}
        onMove={add}
      />
      <div className="dr-two-moves">
        <MoveButton text={say('Choose')} sign="→" ids={toAdd} onMove={add} />
        <MoveButton text={say('Remove')} sign="←" ids={toRemove} onMove={remove} />
      </div>
      <Box
        label={say('Chosen')}
        filterLabel={say('Narrow what is chosen')}
        allText={say('Remove all')}
        across="ArrowLeft"
        choices={choices.filter((choice) => chosen.includes(choice.id))}
        marked={toRemove}
        onMark={setToRemove}
        onMove={remove}
      />
    </div>
  );
}

interface BoxProps {
  label: string;
  filterLabel: string;
  allText: string;
  /** The key that points to the other box. */
  across: 'ArrowLeft' | 'ArrowRight';
  choices: Choice[];
  marked: string[];
  onMark(ids: string[]): void;
  onMove(ids: string[]): void;
}

function Box({ label, filterLabel, allText, across, choices, marked, onMark, onMove }: BoxProps) {
  const [typed, setTyped] = useState('');
  const listId = useId();
  const among = (text: string) => choices.filter(({ title }) => hasWords(title, text));
  const shown = among(typed);
  const movable = shown.filter(({ isFixed }) => !isFixed);
  const narrow = (text: string) => {
    setTyped(text);
    // What is out of sight does not go along unseen.
    onMark(marked.filter((one) => among(text).some((choice) => choice.id === one)));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== across) return;
    event.preventDefault();
    if (marked.length > 0) onMove(marked);
  };
  return (
    <div className="dr-box">
      <label htmlFor={listId}>
        {label} <span className="dr-chip dr-chip-plain">{formatCount(choices.length)}</span>
      </label>
      <FilterField label={filterLabel} value={typed} onChange={narrow} />
      <select
        id={listId}
        className="dr-input"
        multiple
        size={8}
        value={marked}
        onChange={(event) => onMark([...event.target.selectedOptions].map((option) => option.value))}
        onKeyDown={onKeyDown}
        onDoubleClick={() => marked.length > 0 && onMove(marked)}
      >
        {shown.map((choice) => (
          <option key={choice.id} value={choice.id} title={choice.title} disabled={choice.isFixed}>
            {choice.title}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="dr-button dr-quiet"
        aria-disabled={movable.length === 0}
        onClick={() => movable.length > 0 && onMove(movable.map((choice) => choice.id))}
      >
        {allText}
      </button>
    </div>
  );
}

interface MoveButtonProps {
  text: string;
  sign: string;
  ids: string[];
  onMove(ids: string[]): void;
}

/** Never `disabled`: that would take the focus away from who has just pressed it. */
function MoveButton({ text, sign, ids, onMove }: MoveButtonProps) {
  return (
    <button
      type="button"
      className="dr-button"
      aria-disabled={ids.length === 0}
      onClick={() => ids.length > 0 && onMove(ids)}
    >
      {text} <span aria-hidden="true">{sign}</span>
    </button>
  );
}
