import './panel.css';
import './inputs/forms.css';
import type { ComponentType } from 'react';
import { ConfirmBulkDelete } from './actions/confirm-bulk-delete.tsx';
import { ConfirmDelete } from './actions/confirm-delete.tsx';
import { PasswordLink } from './actions/password-link.tsx';
import { RecordForm } from './actions/record-form.tsx';
import { RecordList } from './actions/record-list.tsx';
import { RecordPage } from './actions/record-page.tsx';
import { SetPassword } from './actions/set-password.tsx';
import { ShowLink } from './actions/show-link.tsx';
import { patchApiClient } from './base/patch-api-client.ts';
import { ActionHeader } from './frame/action-header.tsx';
import { Dashboard } from './frame/dashboard.tsx';
import { NoPages } from './frame/no-pages.tsx';
import { Notices } from './frame/notices.tsx';
import { SidebarBranding } from './frame/sidebar-branding.tsx';
import { SidebarResources } from './frame/sidebar-resources.tsx';
import { TopBar } from './frame/top-bar.tsx';
import { ImageLinks } from './images/image-links.tsx';
import { PhotoFacts } from './images/photo-facts.tsx';
import { UploadPage } from './images/upload-page.tsx';
import { UserImages } from './images/user-images.tsx';
import { UserLinks } from './images/user-links.tsx';
import { ImportUsers } from './import/import-users.tsx';
import { ChoiceRadios } from './inputs/choice-radios.tsx';
import { ChoiceSelect } from './inputs/choice-select.tsx';
import { DurationInput } from './inputs/duration-input.tsx';
import { GroupBoxes } from './inputs/group-boxes.tsx';
import { HeightsInput } from './inputs/heights-input.tsx';
import { PasswordInput } from './inputs/password-input.tsx';
import { PermissionBoxes } from './inputs/permission-boxes.tsx';
import { ReferencePicker } from './inputs/reference-picker.tsx';
import { ReferenceSelect } from './inputs/reference-select.tsx';
import { SizeInput } from './inputs/size-input.tsx';
import { SwitchInput } from './inputs/switch-input.tsx';
import { ModelGuide } from './pages/model-guide.tsx';
import { OwnAccount } from './pages/own-account.tsx';
import { InlineRecords } from './sections/inline-records.tsx';
import { RecordHistory } from './sections/record-history.tsx';
import { TierPreview } from './sections/tier-preview.tsx';
import { TierReach } from './sections/tier-reach.tsx';
import { UserAccess } from './sections/user-access.tsx';
import { Changes } from './values/changes.tsx';
import { ChoiceWord } from './values/choice-word.tsx';
import { CountLink } from './values/count-link.tsx';
import { GroupNames } from './values/group-names.tsx';
import { Heights } from './values/heights.tsx';
import { ImageStatus } from './values/image-status.tsx';
import { ListCount } from './values/list-count.tsx';
import { LoggedRecord } from './values/logged-record.tsx';
import { Moment } from './values/moment.tsx';
import { PermissionWords } from './values/permission-words.tsx';
import { Picture } from './values/picture.tsx';
import { Pixels } from './values/pixels.tsx';
import { Duration, MonoText, Size, TextOrDash } from './values/plain-values.tsx';
import { Preview } from './values/preview.tsx';
import { StorageUse } from './values/storage-use.tsx';
import { Thumbnails } from './values/thumbnails.tsx';
import { YesNo } from './values/yes-no.tsx';

/** By the names that resources use, and AdminJS's own names for what is replaced. */
const components = {
  RecordForm,
  RecordPage,
  InlineRecords,
  RecordHistory,
  ImageLinks,
  PhotoFacts,
  UploadPage,
  UserImages,
  UserLinks,
  UserAccess,
  TierPreview,
  TierReach,
  OwnAccount,
  ModelGuide,
  SetPassword,
  PasswordLink,
  ShowLink,
  ConfirmDelete,
  ConfirmBulkDelete,
  Dashboard,
  ImportUsers,
  ChoiceRadios,
  ChoiceSelect,
  DurationInput,
  GroupBoxes,
  HeightsInput,
  PasswordInput,
  PermissionBoxes,
  ReferencePicker,
  ReferenceSelect,
  SizeInput,
  SwitchInput,
  Changes,
  ChoiceWord,
  CountLink,
  Duration,
  GroupNames,
  Heights,
  ImageStatus,
  ListCount,
  LoggedRecord,
  Moment,
  MonoText,
  PermissionWords,
  Picture,
  Pixels,
  Preview,
  Size,
  StorageUse,
  TextOrDash,
  Thumbnails,
  YesNo,
  DefaultListAction: RecordList,
  ActionHeader,
  NoticeBox: Notices,
  SidebarPages: NoPages,
  SidebarBranding,
  SidebarResourceSection: SidebarResources,
  TopBar,
};

window.AdminJS.UserComponents = components as unknown as Record<string, ComponentType<never>>;
patchApiClient();
