import { Icon } from '@adminjs/design-system';
import React, { useState } from 'react';
import { say } from '../base/say.ts';
import { type InputProps, inputAttributes } from './input-props.ts';

export function PasswordInput(props: InputProps) {
  const { property, value, onChange } = props;
  const [isShown, setShown] = useState(false);
  return (
    <span className="dr-with-button">
      <input
        className="dr-input"
        {...inputAttributes(props)}
        name={property.propertyPath}
        type={isShown ? 'text' : 'password'}
        autoComplete="new-password"
        maxLength={1024}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => onChange(event.target.value)}
      />
      <button
        type="button"
        className="dr-inside-button"
        aria-pressed={isShown}
        aria-label={isShown ? say('Hide the password') : say('Show the password')}
        onClick={() => setShown(!isShown)}
      >
        <Icon icon={isShown ? 'EyeOff' : 'Eye'} size={16} />
      </button>
    </span>
  );
}
