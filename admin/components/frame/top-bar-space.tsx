import React from 'react';

/** In the place of AdminJS's version: the way to the site. */
export function TopBarSpace() {
  return (
    <div className="dr-top-space">
      <a className="dr-link" href="/">
        To the site
      </a>
    </div>
  );
}
