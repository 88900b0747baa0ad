/** By the name of the command, without `Command`: what the client answers. */
export type AwsAnswers = Record<string, (input: Record<string, unknown>) => unknown>;

/** Stands for a client of AWS's where no server can have the fault that a test needs; keeps what it was asked. */
export function awsClientThat<Client>(answers: AwsAnswers) {
  const asked: { name: string; input: Record<string, unknown> }[] = [];
  const send = async (command: { input: Record<string, unknown> }) => {
    const { input } = command;
    const name = command.constructor.name.replace(/Command$/, '');
    asked.push({ name, input });
    const answer = answers[name];
    if (!answer) throw new Error(`${name} was not expected`);
    return answer(input);
  };
  const client = { send, config: { region: async () => 'eu-central-1' } } as unknown as Client;
  return { client, asked };
}

/** An error as AWS's clients throw it. */
export function awsFault(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode } });
}
