/** `tools/with-versitygw.sh` starts a server and sets these; any other S3 server does as well. */
export function s3Setting(name: string): string {
  const value = process.env[`S3_TEST_${name}`];
  if (!value) throw new Error(`S3_TEST_${name} is not set: run this with tools/with-versitygw.sh`);
  return value;
}
