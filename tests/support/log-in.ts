export const adminPassword = 'a long enough password for tests';

/** An access token of the service at `url`. */
export async function logIn(url: string, username = 'admin', password = adminPassword): Promise<string> {
  const answer = await fetch(`${url}/token/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).access;
}
