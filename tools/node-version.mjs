// Plain JavaScript that old versions of Node can read: it is what tells them that they are too old.
const needed = [20, 19];

export function checkNodeVersion(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return;
  process.stderr.write(
    `Darkroom needs Node.js ${needed.join('.')} or newer; this is ${version}. Get a newer one from https://nodejs.org and run the command again.\n`,
  );
  process.exit(1);
}
