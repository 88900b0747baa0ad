import type { ComponentType } from 'react';

declare global {
  interface Window {
    /** What AdminJS looks its components up in; ours go in by name. */
    AdminJS: { UserComponents: Record<string, ComponentType<never>> };
    THEME: { colors: Record<string, string> };
    REDUX_STATE: { paths: { rootPath: string; loginPath: string; logoutPath: string } };
  }
}
