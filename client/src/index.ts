export type {
  AppRouter,
  ErrorCode,
  FieldError,
  Image,
  Link,
  Me,
  Thumbnail,
  Tier,
  TierForStaff,
  TokenPair,
  User,
} from './api.ts';
export type { DarkroomClient, DarkroomClientOptions, WaitOptions } from './create-client.ts';
export { createDarkroomClient } from './create-client.ts';
export type { DarkroomErrorCode, DarkroomErrorOptions } from './darkroom-error.ts';
export { DarkroomError } from './darkroom-error.ts';
export type { TokenStore } from './session.ts';
export { memoryTokens } from './session.ts';
export type { UploadOptions, UploadProgress } from './upload.ts';
export type { UploadSource } from './upload-source.ts';
