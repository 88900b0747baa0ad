import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { projectRoot } from '../../server/project-root.ts';

const read = (file: string) => readFileSync(join(projectRoot, file), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true });
const dockerfile = read('Dockerfile');
/** The stage that runs: behind the last FROM. */
const image = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
const { app, database, s3 } = compose.services;

describe('docker-compose.yml', () => {
  it('keeps all data in named volumes', () => {
    expect(Object.keys(compose.volumes).sort()).toEqual(['data', 'database', 'database-password', 's3']);
    expect(app.volumes).toContain('data:/data');
    expect(app.environment.DATA_DIR).toBe('/data');
    // From version 18 on the image keeps the cluster in a folder below this one.
    expect(database.volumes).toContain('database:/var/lib/postgresql');
  });

  it('never wipes anything', () => {
    for (const text of [read('docker-compose.yml'), image]) {
      expect(text).not.toMatch(
        /\brm\s|--volumes|\bdown -v|\bprune\b|DROP |TRUNCATE|initdb --|tmpfs:\s*\/data|external: true/,
      );
    }
    // The database's password is made once and stays.
    expect(compose.services['database-password'].command.join()).toContain('if [ ! -s password ]');
  });

  it('needs no manual step: everything that has to be set is', () => {
    expect(app.build.context).toBe('.');
    expect(app.depends_on.database.condition).toBe('service_healthy');
    expect(database.depends_on['database-password'].condition).toBe('service_completed_successfully');
    expect(app.environment.PGPASSFILE).toBe('/run/database-password/pgpass');
    expect(app.volumes).toContain('database-password:/run/database-password:ro');
    expect(compose.services['database-password'].command.join()).toMatch(
      /'database:5432:darkroom:darkroom:%s.* > pgpass/,
    );
    for (const service of [app, database, s3]) expect(service.restart).toBe('unless-stopped');
  });

  it('gives the app every setting of .env.example, and nothing else', () => {
    const names = Object.keys(parseEnv(read('.env.example')));
    const own: Record<string, string> = {
      HOST: '0.0.0.0',
      DATA_DIR: '/data',
      PORT: `\${PORT:-8000}`,
      WORKERS: `\${WORKERS:-1}`,
      DATABASE_URL: `\${DATABASE_URL:-postgres://darkroom@database:5432/darkroom}`,
    };
    const expected = Object.fromEntries(names.map((name) => [name, own[name] ?? `\${${name}:-}`]));
    const { PGPASSFILE, ...settings } = app.environment;
    expect(settings).toEqual(expected);
  });

  it('is read by docker-compose 1.29 too: no file of settings that may be missing, no default within a default', () => {
    for (const service of Object.values<Record<string, unknown>>(compose.services)) {
      expect(service).not.toHaveProperty('env_file');
    }
    expect(read('docker-compose.yml')).not.toMatch(/\$\{[^}]*\$\{/);
  });

  it('runs the app with a read-only file system and without rights', () => {
    expect(app).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(app).not.toHaveProperty('privileged');
    expect(app).not.toHaveProperty('user');
    expect(app.tmpfs.join()).toMatch(/^\/tmp:/);
  });

  it('gives no container rights of root, but for the one that gives a file to the user of the app', () => {
    for (const [name, service] of Object.entries<Record<string, unknown>>(compose.services)) {
      expect({ name, ...service }).toMatchObject({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(service.cap_add).toEqual(name === 'database-password' ? ['CHOWN'] : undefined);
    }
    expect(database.user).toBe('999:999');
  });

  it('lets every image be pinned by digest', () => {
    for (const { image: named } of [compose.services['database-password'], database, s3]) {
      expect(named).toMatch(/^\$\{[A-Z0-9]+_IMAGE:-[^}]+\}$/);
    }
  });

  it('shows the port to this machine alone, and the database to nobody', () => {
    expect(app.ports).toEqual([`\${BIND_ADDRESS:-127.0.0.1}:\${PORT:-8000}:\${PORT:-8000}`]);
    expect(database).not.toHaveProperty('ports');
    expect(database.networks).toEqual(['inside']);
    expect(compose.networks.inside).toEqual({ internal: true });
  });

  it('has an S3 server for who asks for it: one version, the one of the tests, with its data in a volume', () => {
    expect(s3.profiles).toEqual(['s3']);
    for (const service of [app, database]) expect(service).not.toHaveProperty('profiles');
    const [, version] = /^version=(v[\d.]+)$/m.exec(read('tools/with-versitygw.sh')) ?? [];
    expect(s3.image).toBe(`\${VERSITYGW_IMAGE:-ghcr.io/versity/versitygw:${version}}`);
    expect(s3.volumes).toEqual(['s3:/buckets']);
    expect(s3).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(s3.ports).toEqual([`\${BIND_ADDRESS:-127.0.0.1}:7070:7070`]);
  });

  it('starts the S3 server after the app, which does not wait for it, with secrets from .env alone', () => {
    expect(s3.depends_on).toEqual(['app']);
    expect(Object.keys(app.depends_on)).toEqual(['database']);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'S3_EVENTS_TOKEN']) {
      expect(s3.environment[name]).toBe(`\${${name}:-}`);
      expect(s3.command.join()).toContain(`$\${${name}:?`);
    }
  });

  it('gives a server that ends the time that it takes', () => {
    expect(Number.parseInt(app.stop_grace_period, 10)).toBeGreaterThan(30);
  });
});

describe('Dockerfile', () => {
  it('runs on Node 24, not as root', () => {
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:24-trixie-slim$/m);
    expect(dockerfile.match(/^FROM \S+/gm)).toEqual([`FROM \${NODE_IMAGE}`, `FROM \${NODE_IMAGE}`]);
    expect(app.build.args).toEqual({ NODE_IMAGE: `\${NODE_IMAGE:-node:24-trixie-slim}` });
    const users = [...image.matchAll(/^USER (\d+)(?::\d+)?$/gm)].map(([, id]) => Number(id));
    expect(users).toEqual([1000]);
    expect(image.indexOf('USER')).toBeLessThan(image.indexOf('\nCMD'));
  });

  it('installs from the lock file, and takes only what runs along', () => {
    expect(dockerfile).toContain('RUN npm ci ');
    expect(dockerfile).toContain('npm prune --omit=dev');
    expect([...image.matchAll(/^COPY --from=build \/app\/(\S+)/gm)].map(([, what]) => what)).toEqual([
      'package.json',
      'node_modules',
      'build',
    ]);
  });

  it('asks /healthz whether it lives', () => {
    expect(image).toMatch(/HEALTHCHECK[^\n]*\\\n\s+CMD \["node", "-e", "fetch\(`http:\/\/127\.0\.0\.1:.*\/healthz`\)/);
  });

  it('gets the signal itself and keeps its data in a volume', () => {
    expect(image).toMatch(/^CMD \["node", .*"build\/server\/main\.js"\]$/m);
    expect(image).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(image).toMatch(/^VOLUME \/data$/m);
  });

  it('sees no secrets, data or history of the folder that it is built in', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const name of ['.git', '.env', '.env.*', 'data', 'node_modules']) expect(ignored).toContain(name);
  });
});
