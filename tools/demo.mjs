import sharp from 'sharp';
import { buildMissing } from './build.mjs';
import { checkNodeVersion } from './node-version.mjs';
import { startThrowaway } from './throwaway-service.mjs';

// `npm run demo`: a throwaway instance, an account of each tier, pictures drawn here, and what each account gets.
checkNodeVersion();
const startedAt = performance.now();
const say = (text = '') => process.stdout.write(`${text}\n`);
const step = (text) => say(`\n${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s  ${text}`);
const password = 'the demo lasts twenty seconds';

await buildMissing();
step('Starting Darkroom, with PostgreSQL and an object store in a temporary folder …');
const service = await startThrowaway();
process.once('SIGINT', () => service.stop());
try {
  await demonstrate(service.url);
} finally {
  await service.stop();
}
step('Everything is gone again. Your own: npm start');

async function demonstrate(url) {
  step('Making an account of each tier');
  const tiers = ['Basic', 'Premium', 'Enterprise'];
  await Promise.all(tiers.map((tier) => service.createUser(tier.toLowerCase(), tier, password)));
  const tokens = {};
  for (const tier of tiers) {
    const username = tier.toLowerCase();
    tokens[tier] = (await call(url, '/token/', { json: { username, password } })).access;
    say(`         ${username.padEnd(12)} tier ${tier}`);
  }

  const pictures = await draw();
  for (const [tier, token] of Object.entries(tokens)) {
    step(`${tier} uploads ${pictures.length} pictures and waits for the thumbnails`);
    for (const { name, type, bytes } of pictures) {
      const image = await call(url, `/image/upload?filename=${name}`, {
        token,
        headers: { 'Content-Type': type, Prefer: 'wait=15' },
        body: bytes,
      });
      const thumbnails = image.thumbnails.map((made) => `${made.width} × ${made.height}`).join(', ');
      say(
        `         ${name.padEnd(14)} ${`${image.width} × ${image.height}`.padEnd(12)} ${image.status.padEnd(8)}` +
          ` thumbnails ${thumbnails.padEnd(22)} original ${image.original ? 'linked' : '–'}`,
      );
    }
  }

  step('Each asks for a link that ends in five minutes');
  const request = { json: { image: pictures[0].name, expire_time: 300 } };
  for (const [tier, token] of Object.entries(tokens)) {
    const answer = await call(url, '/image/expiring/', { token, ...request, mayFail: true });
    if (!answer.url) {
      say(`         ${tier.padEnd(12)} ${answer.status} ${answer.detail}`);
      continue;
    }
    const path = new URL(answer.url).pathname;
    say(`         ${tier.padEnd(12)} ${path}  until ${answer.expiresAt}`);
    say(`         ${''.padEnd(12)} opened by anybody: ${await statusOf(url + path)}`);
    await call(url, `/image/expiring/${answer.id}`, { token, method: 'DELETE' });
    say(`         ${''.padEnd(12)} after its owner revoked it: ${await statusOf(url + path)}`);
  }
}

async function call(url, path, { token, json, body, method = 'POST', headers = {}, mayFail = false }) {
  const answer = await fetch(url + path, {
    method,
    headers: {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(json ? { 'Content-Type': 'application/json' } : {}),
      ...headers,
    },
    body: json ? JSON.stringify(json) : body,
  });
  const text = await answer.text();
  if (!answer.ok && !mayFail) throw new Error(`${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : {};
}

async function statusOf(address) {
  const answer = await fetch(address);
  const { byteLength } = await answer.arrayBuffer();
  return `${answer.status}, ${answer.headers.get('content-type')}, ${byteLength} bytes`;
}

/** A landscape, a portrait on its side, and something that can be seen through. */
async function draw() {
  const drawing = (width, height, shapes) =>
    sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes}</svg>`));
  const hills = drawing(
    1600,
    1000,
    `<rect width="1600" height="1000" fill="#bcd7e8"/><circle cx="1250" cy="260" r="110" fill="#ffd76a"/>
     <path d="M0 760 L420 380 L800 740 L1080 520 L1600 900 V1000 H0Z" fill="#4c6b54"/>`,
  );
  const tower = drawing(
    900,
    600,
    `<rect width="900" height="600" fill="#e9dccb"/><rect x="80" y="220" width="640" height="160" fill="#8c3b2e"/>`,
  );
  const ring = drawing(700, 700, '<circle cx="350" cy="350" r="260" fill="none" stroke="#b3261e" stroke-width="90"/>');
  return [
    { name: 'hills.jpg', type: 'image/jpeg', bytes: await hills.jpeg().toBuffer() },
    { name: 'tower.jpg', type: 'image/jpeg', bytes: await tower.withMetadata({ orientation: 6 }).jpeg().toBuffer() },
    { name: 'ring.png', type: 'image/png', bytes: await ring.png().toBuffer() },
  ];
}
