import { can } from '../../server/kernel/permissions.ts';
import { inlineSection } from '../actions/inline-section.ts';

export interface UserImages {
  canUpload: boolean;
}

/** On a user's page: the newest images, and the way to upload more for the user. */
export function userImagesSection() {
  return inlineSection(
    { resource: 'images', filter: 'ownerId', fields: ['previewUrl', 'name', 'status', 'bytes', 'createdAt'] },
    {
      component: 'UserImages',
      read: async (record, { actor }) =>
        ({ canUpload: can(actor, 'images.add') && record.param('isActive') === true }) satisfies UserImages,
    },
  );
}
