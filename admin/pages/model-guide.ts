import type { PageHandler } from 'adminjs';
import { can, type Permission, type Resource } from '../../server/kernel/permissions.ts';
import { word } from '../locale/say-in.ts';
import type { PanelUser } from '../session/panel-user.ts';

interface Described {
  about: string;
  /** By the field's name in the definition, in the order of the page. */
  fields: Record<string, string>;
}

/** What the guide shows: the resources that the person may see, in their language. */
export interface ModelGuide {
  models: { id: string; about: string; fields: { name: string; meaning: string }[] }[];
}

/** What each model is, and what each of its fields means. */
export const modelMeanings: Record<Resource, Described> = {
  users: {
    about: word('Whoever logs in: people, programs that upload, and the staff of this panel.'),
    fields: {
      username: word('The name to log in with; unique, capitals do not count.'),
      email: word('Where staff can write to; the service sends nothing there.'),
      tierId: word('What the user may do, and how much.'),
      isActive: word('An inactive user cannot log in, and their links open nothing; nothing is lost.'),
      isStaff: word('May enter this panel.'),
      isSuperuser: word('May do everything in it.'),
      groupIds: word('Their permissions are those of all these groups together.'),
      permissions: word('Permissions beside those of the groups.'),
      usedBytes: word('What the originals take together; it counts against the quota of the tier.'),
      imageCount: word('How many images the user has.'),
      linkCount: word('How many expiring links the user has made, ended ones too.'),
      hasPassword: word('Without one, nobody can log in as this user with a password.'),
      dateJoined: word('When the account was made.'),
      lastLogin: word('The last login here or through the API.'),
      id: word('What programs call it, and what the log keeps.'),
    },
  },
  tiers: {
    about: word('What an account may do. A change counts from the next request, for old images too.'),
    fields: {
      name: word('Unique; users see it in the API.'),
      isDefault: word('New users get this tier. Exactly one tier has it.'),
      thumbnailHeights: word('How high thumbnails are, in pixels; an original that is lower is never enlarged.'),
      thumbnailFormat: word('What thumbnails are saved as, whatever the original is.'),
      originalLink: word('Whether images come with a link to the uploaded file.'),
      expiringLink: word('Whether users can make links that anybody may open until they end.'),
      expiringLinkMinSeconds: word('The shortest life that a user may give such a link.'),
      expiringLinkMaxSeconds: word('The longest life that a user may give such a link.'),
      maxUploadBytes: word('The largest file that may be uploaded.'),
      quotaBytes: word('How much the originals of one user may take together.'),
      requestsPerMinute: word('How many requests one user may send in a minute; empty for the limit of the service.'),
      uploadsPerHour: word('How many images one user may upload in an hour; empty for the limit of the service.'),
      accountCount: word('How many users have this tier; while there are some it cannot be deleted.'),
      createdAt: word('When the tier was made.'),
      updatedAt: word('When the tier was last changed.'),
      id: word('What programs call it, and what the log keeps.'),
    },
  },
  images: {
    about: word('An uploaded original, kept byte for byte, with the thumbnails that its owner’s tier asks for.'),
    fields: {
      name: word('The file name; unique among the images of its owner.'),
      ownerId: word('Who uploaded it.'),
      status: word(
        'Processing until all thumbnails are made; failed when the file cannot be read as a picture. A failed image keeps its original.',
      ),
      contentType: word('What the bytes are, whatever the file name says.'),
      bytes: word('How large the original is.'),
      width: word('Width and height as a person sees them: after the rotation that the camera noted.'),
      thumbnails: word('The smaller pictures: upright, without EXIF or position.'),
      linkCount: word('How many expiring links were made for it.'),
      createdAt: word('When the upload was complete.'),
      updatedAt: word('When its name, status or thumbnails last changed.'),
      sha256: word('A fingerprint of the original: whoever has the file can check that it is the same.'),
      id: word('What programs call it, and what the log keeps.'),
    },
  },
  links: {
    about: word('A public address of one image that ends by itself. Its owner or staff can revoke it before.'),
    fields: {
      imageId: word('What the link opens.'),
      ownerId: word('Whose image it is.'),
      condition: word('Live, or why it opens nothing: ended, used up or revoked.'),
      height: word('Which thumbnail it opens; the original where there is none.'),
      expireTimeSeconds: word('How long it was made for.'),
      expiresAt: word('From this second on it opens nothing.'),
      uses: word('How often the picture was fetched through it.'),
      maxUses: word('After so many uses it opens nothing.'),
      revokedAt: word('When somebody ended it before its time.'),
      createdAt: word('When it was made.'),
      id: word('What programs call it, and what the log keeps.'),
    },
  },
  groups: {
    about: word('Permissions that staff have together.'),
    fields: {
      name: word('Unique; for example the kind of work that its members do.'),
      permissions: word('What its members may do in this panel.'),
      memberCount: word('How many users are in it.'),
      createdAt: word('When the group was made.'),
      updatedAt: word('When the group was last changed.'),
      id: word('What programs call it, and what the log keeps.'),
    },
  },
  log: {
    about: word('What staff did, and every login. Entries are added by the service alone; nobody can change them.'),
    fields: {
      at: word('When it happened.'),
      actorName: word('Who did it, by the name they had then.'),
      action: word('What was done.'),
      resource: word('To what kind of record.'),
      recordTitle: word('The record, by the name it had then.'),
      changes: word('From what to what, field by field; never a secret.'),
      address: word('The network address that it came from.'),
      requestId: word('The same id is in the log of the server and in the answer.'),
      recordId: word('The record’s id, also when the record is gone.'),
    },
  },
};

/** What the models and their fields mean, for who may see them. */
export const modelGuidePage: PageHandler = async (_request, _response, context): Promise<ModelGuide> => {
  const { actor, say } = context.currentAdmin as unknown as PanelUser;
  const seen = Object.entries(modelMeanings).filter(([id]) => can(actor, `${id}.view` as Permission));
  const models = seen.map(([id, { about, fields }]) => ({
    id,
    about: say(about),
    fields: Object.entries(fields).map(([name, meaning]) => ({ name, meaning: say(meaning) })),
  }));
  return { models };
};
