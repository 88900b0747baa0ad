import { Icon } from '@adminjs/design-system';
import React from 'react';

interface Props {
  session: { email: string; title?: string };
  paths: { logoutPath: string };
}

/** Who is logged in; light or dark; the way out, which is a POST. */
export function LoggedIn({ session, paths }: Props) {
  const isDark = document.documentElement.dataset.theme === 'dark';
  const switchTheme = () => {
    localStorage.setItem('darkroom-theme', isDark ? 'light' : 'dark');
    window.location.reload();
  };
  return (
    <div className="dr-person">
      <button
        type="button"
        className="dr-button dr-quiet"
        aria-label={isDark ? 'Use light colours' : 'Use dark colours'}
        onClick={switchTheme}
      >
        <Icon icon={isDark ? 'Sun' : 'Moon'} size={16} />
      </button>
      <span className="dr-person-name">
        <strong>{session.email}</strong>
        <span>{session.title}</span>
      </span>
      <form method="post" action={paths.logoutPath}>
        <button type="submit" className="dr-button dr-quiet">
          <Icon icon="LogOut" size={15} />
          Log out
        </button>
      </form>
    </div>
  );
}
