/** What a link can be, with what a person reads. */
export const conditionWords = { live: 'Live', ended: 'Ended', 'used up': 'Used up', revoked: 'Revoked' };

/** SQL for what a link is, in the order in which `/e/` decides; `row` is what the link is called there. */
export function conditionOf(row: string): string {
  return `CASE WHEN ${row}.revoked_at IS NOT NULL THEN 'revoked' WHEN ${row}.expires_at <= now() THEN 'ended'
    WHEN ${row}.uses >= ${row}.max_uses THEN 'used up' ELSE 'live' END`;
}
