/** The address of a page of the panel, `/resources/users`: the panel is under /admin, behind the site's own path. */
export function inPanel(path = ''): string {
  return `${window.REDUX_STATE.paths.rootPath}${path}`;
}

/** The path of the site itself: empty for most, `/photos` below a path. */
export function sitePath(): string {
  return inPanel().replace(/\/admin$/, '');
}
