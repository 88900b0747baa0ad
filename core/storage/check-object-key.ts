/**
 * Refuses a key that not every driver can hold, or that could mean another object's place: 1 to 1,024 bytes of UTF-8
 * (S3's bound), segments that are neither empty nor `.` or `..`. Throws a TypeError, for keys are made by programs.
 */
export function checkObjectKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes === 0 || bytes > 1024) throw new TypeError('An object key is 1 to 1024 bytes long');
  if (/\p{Surrogate}/u.test(key)) throw new TypeError('An object key is well-formed Unicode');
  if (key.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new TypeError('An object key has no empty, . or .. segment');
  }
}
