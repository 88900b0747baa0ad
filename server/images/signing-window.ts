const windowMilliseconds = 30 * 60 * 1000;

/** From the start of a window; so no URL that is handed out ends within the hour. */
export const signedForSeconds = 90 * 60;

/** When the current window of 30 minutes began: URLs are signed as of then, so that they stay the same within it. */
export function signingWindowStart(now: Date): Date {
  return new Date(Math.floor(now.getTime() / windowMilliseconds) * windowMilliseconds);
}
