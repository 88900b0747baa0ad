import type { ActionContext } from 'adminjs';
import type { Permission } from '../../server/kernel/permissions.ts';
import { accessSection } from '../access/access-section.ts';
import { inlineSection } from '../actions/inline-section.ts';
import { permitted } from '../actions/panel-action.ts';
import type { SectionAction } from '../actions/section-action.ts';
import { historySection } from '../history/record-history.ts';
import { photoSection } from '../images/photo-section.ts';
import { userImagesSection } from '../images/user-images-section.ts';
import { imageLinksSection } from '../links/image-links-section.ts';
import { userLinksSection } from '../links/user-links-section.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { tierImpactSection } from '../tiers/tier-impact.ts';

interface Registered {
  options: { id?: string; actions?: object };
}

/**
 * Gives the records of a resource what is read after them on their page: in this order, the history last. Whoever may
 * not see the record sees none of it.
 */
export function addSections<R extends Registered>(registered: R, deps: PanelDeps): R {
  const { options } = registered;
  const maySee = permitted(`${options.id}.view` as Permission);
  const sections = Object.entries(sectionsOf(deps)[options.id ?? ''] ?? {}).map(([name, section]) => {
    const isAccessible = (context: ActionContext) => maySee(context) && section.isAccessible(context);
    return [name, { ...section, isAccessible }] as const;
  });
  return { ...registered, options: { ...options, actions: { ...options.actions, ...Object.fromEntries(sections) } } };
}

function sectionsOf(deps: PanelDeps): Record<string, Record<string, SectionAction>> {
  return {
    users: {
      images: userImagesSection(),
      links: userLinksSection(deps),
      access: accessSection(deps),
      history: historySection('users', deps),
    },
    tiers: { impact: tierImpactSection(deps), users: usersOf('tierId'), history: historySection('tiers', deps) },
    images: { photo: photoSection(deps), links: imageLinksSection(deps), history: historySection('images', deps) },
    links: { history: historySection('links', deps) },
    groups: { users: usersOf('groupIds'), history: historySection('groups', deps) },
  };
}

const userFields = ['username', 'tierId', 'isActive', 'isStaff', 'lastLogin'];

/** The users of a tier, who all have one; those of a group, who can be taken out of it. */
function usersOf(field: 'tierId' | 'groupIds'): SectionAction {
  const inline = { resource: 'users', filter: field, fields: userFields, chosenIn: field } as const;
  return inlineSection(field === 'groupIds' ? { ...inline, memberOf: field } : inline);
}
