import type { Actor, Origin } from '../../server/accounts/actor.ts';

/**
 * Who works in the panel, read anew for each request. AdminJS calls it `currentAdmin` and writes it into the page:
 * only what `toJSON` gives goes there.
 */
export interface PanelUser {
  readonly actor: Actor;
  readonly origin: Origin;
  /** AdminJS shows this as the name. */
  readonly email: string;
  toJSON(): { id: string; email: string; title: string };
  [key: string]: unknown;
}

export function panelUserOf(actor: Actor, origin: Origin): PanelUser {
  return {
    actor,
    origin,
    email: actor.username,
    toJSON: () => ({
      id: actor.accountId,
      email: actor.username,
      title: actor.isSuperuser ? 'Superuser' : 'Staff',
    }),
  };
}
