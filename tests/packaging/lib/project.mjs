// The package as a user gets it: packed, and installed in a project of its own.
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { inRoot } from '../../../scripts/lib/paths.mjs';

const execute = promisify(execFile);

/** A folder with the package in its node_modules, installed from the tarball without any registry. */
export class Project {
  static async create(manifest = {}) {
    const project = new Project();
    project.folder = await mkdtemp(join(tmpdir(), 'hongyan-project-'));
    const tarballs = project.path('tarballs');
    await mkdir(tarballs);
    await npm(inRoot('pkg'), 'pack', '--pack-destination', tarballs);
    const [tarball] = await readdir(tarballs);
    await project.write('package.json', JSON.stringify({ name: 'project', private: true, ...manifest }));
    await npm(project.folder, 'install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', join(tarballs, tarball));
    return project;
  }

  path(...parts) {
    return join(this.folder, ...parts);
  }

  async write(name, text) {
    const path = this.path(name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
    return path;
  }

  async copy(from, to) {
    await mkdir(join(this.path(to), '..'), { recursive: true });
    await cp(from, this.path(to), { recursive: true });
  }

  /** Runs a script of the project in Node and parses the JSON it prints. */
  async node(name, text) {
    const path = await this.write(name, text);
    const { stdout } = await execute(process.execPath, [path], { cwd: this.folder });
    return JSON.parse(stdout);
  }

  async remove() {
    await rm(this.folder, { recursive: true, force: true });
  }
}

function npm(folder, ...args) {
  return execute('npm', args, { cwd: folder });
}
