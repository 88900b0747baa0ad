/** SQL: one, two, four … at most sixty minutes after `attempts` vain ones, a tenth more or less so that crowds part. */
export function backOffSql(attempts: string): string {
  return `least(60, power(2, least(${attempts}, 6))) * (0.9 + random() * 0.2) * interval '1 minute'`;
}

/** Seconds until the first of the tries that follow a known failure. */
export const firstRetrySeconds = 2;

/**
 * SQL: the same for what is known to have failed, and not by its own fault: nobody works on it, so that it is tried again
 * after two, four, eight … seconds.
 */
export function retrySql(attempts: string): string {
  return `least(3600, ${firstRetrySeconds} * power(2, least(${attempts}, 11))) * (0.9 + random() * 0.2) * interval '1 second'`;
}
