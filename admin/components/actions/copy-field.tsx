import React, { useId, useRef, useState } from 'react';
import { say } from '../base/say.ts';

/** A text to take away, with a button that copies it; where the browser does not allow that, it is selected. */
export function CopyField({ label, text }: { label: string; text: string }) {
  const [isCopied, setCopied] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const copy = async () => {
    input.current?.select();
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };
  return (
    <div className="dr-field">
      <label className="dr-label" htmlFor={id}>
        {label}
      </label>
      <span className="dr-copy">
        <input
          id={id}
          ref={input}
          className="dr-input"
          readOnly
          value={text}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" className="dr-button" onClick={copy}>
          {isCopied ? say('Copied') : say('Copy')}
        </button>
      </span>
    </div>
  );
}
