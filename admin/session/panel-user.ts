import type { Actor, Origin } from '../../server/accounts/actor.ts';
import type { Say } from '../locale/say-in.ts';

/**
 * Who works in the panel, read anew for each request. AdminJS calls it `currentAdmin` and writes it into the page:
 * only what `toJSON` gives goes there.
 */
export interface PanelUser {
  readonly actor: Actor;
  readonly origin: Origin;
  /** AdminJS shows this as the name. */
  readonly email: string;
  readonly language: string;
  /** The panel's words in that language, for what the server says. */
  readonly say: Say;
  toJSON(): { id: string; email: string; title: string };
  [key: string]: unknown;
}

/** What `requestLanguage` has found. */
interface Spoken {
  language: string;
  say: Say;
}

export function panelUserOf(actor: Actor, origin: Origin, { language, say }: Spoken): PanelUser {
  return {
    actor,
    origin,
    language,
    say,
    email: actor.username,
    toJSON: () => ({
      id: actor.accountId,
      email: actor.username,
      title: actor.isSuperuser ? say('Superuser') : say('Staff'),
    }),
  };
}
