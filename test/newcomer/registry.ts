import { createReadStream } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import type { PackedLibrary } from './packages.js';

/** A registry on loopback that has our packed libraries; for everything else it points to the real one. */
export interface Registry extends AsyncDisposable {
  readonly url: string;
}

/** @param upstream - where requests for other packages are redirected to */
export async function startRegistry(libraries: readonly PackedLibrary[], upstream: string): Promise<Registry> {
  const byName = new Map(libraries.map((library) => [library.name, library]));
  const byFile = new Map(libraries.map((library) => [basename(library.file), library]));
  const server = createServer(({ url: path = '/' }, response) => {
    const wanted = decodeURIComponent(path.split('?', 1)[0]!.slice(1));
    const library = byName.get(wanted);
    if (library !== undefined) return answerJson(response, documentOf(library, url));
    const file = byFile.get(basename(wanted))?.file;
    if (wanted.startsWith('-/') && file !== undefined) return void createReadStream(file).pipe(response);
    response.writeHead(302, { location: `${upstream.replace(/\/$/, '')}${path}` }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What a registry tells about a package. */
function documentOf({ name, version, integrity, file, manifest }: PackedLibrary, url: string): object {
  const dist = { integrity, tarball: `${url}/-/${basename(file)}` };
  return {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, _id: `${name}@${version}`, dist } },
  };
}

function answerJson(response: ServerResponse, document: object): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
}
