import type { Stack } from '@aws-sdk/client-cloudformation';
import type { StackResource } from './stack.ts';

/** What a person does next: the lines for `.env`, or where the service is. */
export function showSettings(region: string, resources: StackResource[], stack: Stack | null): string[] {
  const idOf = (name: string) => resources.find((resource) => resource.name === name)?.id ?? '';
  const output = (key: string) => stack?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue ?? '';
  const settings = [
    `S3_REGION=${region}`,
    `S3_ORIGINALS_BUCKET=${idOf('Originals')}`,
    `S3_THUMBNAILS_BUCKET=${idOf('Thumbnails')}`,
    `THUMBNAIL_FUNCTION=${idOf('Function')}`,
    `RESULTS_QUEUE_URL=${idOf('ResultsQueue')}`,
  ];
  const forServer = [
    'For a server of your own, in its .env:',
    '',
    ...settings,
    '',
    `and on its role or user the policy ${idOf('ServicePolicy') || 'ServicePolicyArn of the stack’s outputs'}.`,
  ];
  if (!idOf('Service')) return forServer;
  return [
    `The service: lead the name of PUBLIC_URL to ${output('ServiceAddress')} (CNAME).`,
    `The password of admin is in Secrets Manager: ${idOf('AdminPassword')}`,
    '',
    ...forServer,
  ];
}
