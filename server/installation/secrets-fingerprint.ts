import { createHmac } from 'node:crypto';
import type { RotatingSecret, Secrets } from '../embedded/secrets.ts';

/** What several servers have to share, by the name of the setting. */
const sharedSecrets = { JWT_SECRET: 'jwt', LINK_SECRET: 'link', SESSION_SECRET: 'session' } as const;

export type SecretName = keyof typeof sharedSecrets;
export const secretNames = Object.keys(sharedSecrets) as SecretName[];

/** One for each secret, so that it can be told which one differs. Nothing of a secret can be learned from it. */
export type SecretsFingerprint = Record<SecretName, string>;

export function fingerprintOf(secrets: Secrets): SecretsFingerprint {
  const entries = secretNames.map((name) => [name, digest(name, secrets[sharedSecrets[name]].current)]);
  return Object.fromEntries(entries) as SecretsFingerprint;
}

/** The secrets that are others than those of the fingerprint; one that is given as the previous is none of them. */
export function differingSecrets(secrets: Secrets, known: SecretsFingerprint): SecretName[] {
  return secretNames.filter((name) => {
    const { current, previous }: RotatingSecret = secrets[sharedSecrets[name]];
    const accepted = previous === null ? [current] : [current, previous];
    return !accepted.some((secret) => digest(name, secret) === known[name]);
  });
}

function digest(name: SecretName, secret: string): string {
  return createHmac('sha256', secret).update(`darkroom fingerprint of ${name}`).digest('hex').slice(0, 32);
}
