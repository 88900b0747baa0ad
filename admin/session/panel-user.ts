import type { Actor, Origin } from '../../server/kernel/actor.ts';
import { holds, permissions } from '../../server/kernel/permissions.ts';
import { limitsOfNewAccount } from '../access/account-limits.ts';
import type { Limits } from '../access/limits.ts';
import type { Say } from '../locale/say-in.ts';

/** What the page knows of who works in it. */
export interface PersonOfPage {
  id: string;
  email: string;
  title: string;
  /** The permissions that they may give to others, and take away. */
  holds: string[];
  /** What they may not give a new record, by resource. */
  newLimits: Record<string, Limits>;
}

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
  toJSON(): PersonOfPage;
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
      holds: permissions.map(({ permission }) => permission).filter((permission) => holds(actor, permission)),
      newLimits: { users: limitsOfNewAccount(actor, say) },
    }),
  };
}
