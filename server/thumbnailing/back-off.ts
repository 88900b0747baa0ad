/** SQL: one, two, four … at most sixty minutes after `attempts` vain ones, a tenth more or less so that crowds part. */
export function backOffSql(attempts: string): string {
  return `least(60, power(2, least(${attempts}, 6))) * (0.9 + random() * 0.2) * interval '1 minute'`;
}
