import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { read, readJson, root } from './repository.js';

interface LockEntry {
  readonly resolved?: string;
  readonly link?: boolean;
}

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly type: string;
  readonly private?: boolean;
  readonly engines?: { readonly node: string };
  readonly files?: readonly string[];
}

const libs = readdirSync(`${root}/libs`).map((lib) => `libs/${lib}`);
const apps = readdirSync(`${root}/apps`).map((app) => `apps/${app}`);

describe('package-lock.json', () => {
  it('names no registry host, so that any mirror serves', () => {
    const { packages } = readJson<{ packages: Readonly<Record<string, LockEntry>> }>('package-lock.json');
    const hosts = Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && link !== true);
    expect(hosts.map(([name, { resolved }]) => `${name} ${resolved}`)).toEqual([]);
  });
});

describe('the packages', () => {
  it.each(libs)('%s can be published: an ES module under MIT for Node 20.19 and newer, with a README', (path) => {
    const manifest = readJson<Manifest>(`${path}/package.json`);
    expect(manifest).toMatchObject({ license: 'MIT', type: 'module', engines: { node: '>=20.19' } });
    expect(manifest.private).toBeUndefined();
    expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'README.md']));
    expect(read(`${path}/README.md`)).toMatch(/^# /);
  });

  it('all have the version of the workspace', () => {
    const { version } = readJson<Manifest>('package.json');
    const versions = libs.map((path) => readJson<Manifest>(`${path}/package.json`).version);
    expect(new Set(versions)).toEqual(new Set([version]));
  });

  it.each(apps)('%s is an example and is never published', (path) => {
    expect(readJson<Manifest>(`${path}/package.json`).private).toBe(true);
  });
});
