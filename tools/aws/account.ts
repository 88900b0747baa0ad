import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';

export interface Account {
  /** Twelve digits. */
  id: string;
  /** Who is signed in. */
  arn: string;
  region: string;
}

/** Whose account this is, and where; rejects when nobody is signed in. It needs no right of its own. */
export async function readAccount(sts: STSClient): Promise<Account> {
  const region = await sts.config.region();
  const { Account: id = '', Arn: arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
  return { id, arn, region };
}
