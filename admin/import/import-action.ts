import { readAction } from '../actions/panel-action.ts';

/** The page of an import, for who may add users; what it sends goes to import-router.ts. */
export function importAction() {
  return {
    ...readAction('users.add', { component: 'ImportUsers', icon: 'Upload' }),
    actionType: 'resource' as const,
    handler: async () => ({}),
  };
}
