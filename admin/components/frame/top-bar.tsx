import { Icon } from '@adminjs/design-system';
import { useCurrentAdmin } from 'adminjs';
import React from 'react';
import { Link } from 'react-router-dom';
import { inPanel, sitePath } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { KeyHelp } from './key-help.tsx';
import { LanguageSwitch } from './language-switch.tsx';

/** Above every page: the menu where the sidebar is hidden, the way to the site, who is logged in, the way out. */
export function TopBar({ toggleSidebar }: { toggleSidebar(): void }) {
  const [person] = useCurrentAdmin();
  const isDark = document.documentElement.dataset.theme === 'dark';
  const switchTheme = () => {
    localStorage.setItem('darkroom-theme', isDark ? 'light' : 'dark');
    window.location.reload();
  };
  return (
    <header className="dr-top">
      <button type="button" className="dr-button dr-quiet dr-menu" aria-label={say('Menu')} onClick={toggleSidebar}>
        <Icon icon="Menu" size={20} />
      </button>
      <a className="dr-link dr-site" href={`${sitePath()}/`} aria-label={say('To the site')}>
        <Icon icon="ExternalLink" size={15} />
        <span className="dr-site-words">{say('To the site')}</span>
      </a>
      <button
        type="button"
        className="dr-button dr-quiet"
        aria-label={isDark ? say('Use light colours') : say('Use dark colours')}
        onClick={switchTheme}
      >
        <Icon icon={isDark ? 'Sun' : 'Moon'} size={16} />
      </button>
      <KeyHelp />
      <LanguageSwitch />
      <Link className="dr-person" to={inPanel('/pages/account')} title={say('Your account: password and sessions')}>
        <strong>{person?.email}</strong>
        <span>{person?.title}</span>
      </Link>
      <form method="post" action={window.REDUX_STATE.paths.logoutPath}>
        <button type="submit" className="dr-button dr-quiet" aria-label={say('Log out')}>
          <Icon icon="LogOut" size={15} />
          <span className="dr-site-words">{say('Log out')}</span>
        </button>
      </form>
    </header>
  );
}
