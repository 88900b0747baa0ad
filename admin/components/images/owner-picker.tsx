import { ApiClient, type RecordJSON } from 'adminjs';
import React, { useEffect, useId, useState } from 'react';
import { say } from '../base/say.ts';

interface Props {
  onChoose(owner: { id: string; name: string } | undefined): void;
}

/** A user by name: what fits is offered while one types. */
export function OwnerPicker({ onChoose }: Props) {
  const [typed, setTyped] = useState('');
  const [found, setFound] = useState<RecordJSON[]>([]);
  const id = useId();

  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed is looked for
  useEffect(() => {
    let isHere = true;
    const timer = setTimeout(() => {
      new ApiClient()
        .searchRecords({ resourceId: 'users', query: typed.trim() })
        .then((users) => {
          if (!isHere) return;
          setFound(users);
          const user = users.find(({ title }) => title.toLowerCase() === typed.trim().toLowerCase());
          onChoose(user && { id: user.id, name: user.title });
        })
        .catch(() => {});
    }, 150);
    return () => {
      isHere = false;
      clearTimeout(timer);
    };
  }, [typed]);

  return (
    <div className="dr-owner">
      <label htmlFor={id}>{say('Owner of the images')}</label>
      <input
        id={id}
        className="dr-input"
        list={`${id}-found`}
        autoComplete="off"
        spellCheck={false}
        placeholder={say('User name')}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          onChoose(undefined);
        }}
      />
      <datalist id={`${id}-found`}>
        {found.map((user) => (
          <option key={user.id} value={user.title} />
        ))}
      </datalist>
    </div>
  );
}
