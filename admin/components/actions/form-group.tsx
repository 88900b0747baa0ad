import { Icon } from '@adminjs/design-system';
import React, { type ReactNode, useId, useState } from 'react';
import { said } from '../base/say.ts';

interface Props {
  /** Where it is remembered that the group is closed; absent for one that cannot be. */
  memory: string | undefined;
  title: string;
  /** There is a fault inside: it has to be seen. */
  hasFault: boolean;
  children: ReactNode;
}

/** Fields that belong together, under a title that closes and opens them. */
export function FormGroup({ memory, title, hasFault, children }: Props) {
  const key = `darkroom-closed-${memory}`;
  const [isClosed, setClosed] = useState(() => memory !== undefined && localStorage.getItem(key) === 'yes');
  const id = useId();
  const isOpen = !isClosed || hasFault;
  const toggle = () => {
    setClosed(isOpen);
    if (isOpen) localStorage.setItem(key, 'yes');
    else localStorage.removeItem(key);
  };
  const closing = (
    <button type="button" className="dr-group-toggle" aria-expanded={isOpen} aria-controls={id} onClick={toggle}>
      <Icon icon="ChevronRight" size={16} />
      {said(title)}
    </button>
  );
  return (
    <fieldset className="dr-group">
      {title ? <legend>{memory === undefined ? said(title) : closing}</legend> : null}
      <div className="dr-group-fields" id={id} hidden={!isOpen}>
        {children}
      </div>
    </fieldset>
  );
}
