import './notices.css';
import React, { type ComponentType, useEffect, useRef } from 'react';
import { say } from '../base/say.ts';

/** AdminJS's messages, told to screen readers, and their buttons with a name. */
export function Notices({ OriginalComponent }: { OriginalComponent: ComponentType }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = frame;
    if (!current) return;
    const name = () => {
      for (const button of current.querySelectorAll('button:not([aria-label])')) {
        button.setAttribute('aria-label', say('Close this message'));
      }
    };
    const observer = new MutationObserver(name);
    observer.observe(current, { childList: true, subtree: true });
    name();
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={frame} className="dr-notices" role="status">
      <OriginalComponent />
    </div>
  );
}
