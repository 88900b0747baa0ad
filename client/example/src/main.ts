import { createDarkroomClient, DarkroomError } from '@darkroom/client';
import { byId } from './dom.ts';
import { localTokens, onLoggedOutElsewhere } from './local-tokens.ts';
import { openSheet, type Sheet } from './sheet.ts';

const url = document.body.dataset.service ?? '';
const darkroom = createDarkroomClient({ url, tokens: localTokens });
const login = byId('login', HTMLFormElement);
const who = byId('who', HTMLParagraphElement);
const message = byId('message', HTMLParagraphElement);
let sheet: Sheet | null = null;

/** Whoever has no good token any more sees the login; everything else is a sentence that says what to do. */
function fail(error: unknown): void {
  if (!(error instanceof DarkroomError)) throw error;
  if (error.code === 'logged_out' || error.code === 'not_authenticated') showLogin();
  message.textContent = error.message;
}

function showLogin(): void {
  sheet?.close();
  sheet = null;
  who.hidden = true;
  login.hidden = false;
  message.textContent = '';
}

async function showSheet(): Promise<void> {
  const me = await darkroom.me.query();
  login.hidden = true;
  who.hidden = false;
  message.textContent = '';
  sheet?.close();
  sheet = openSheet({ darkroom, me, fail });
}

login.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = login.querySelector('button');
  const { username, password } = Object.fromEntries(new FormData(login));
  if (button) button.disabled = true;
  try {
    await darkroom.login(String(username), String(password));
    login.reset();
    await showSheet();
  } catch (error) {
    fail(error);
  } finally {
    if (button) button.disabled = false;
  }
});
byId('logout', HTMLButtonElement).addEventListener('click', async () => {
  showLogin();
  await darkroom.logout().catch(fail);
});
onLoggedOutElsewhere(showLogin);

byId('service', HTMLSpanElement).textContent = new URL(url).host;
if (await localTokens.get()) await showSheet().catch(fail);
else showLogin();
