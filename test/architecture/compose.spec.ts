import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { read } from './repository.js';

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

const { services } = parse(read('docker-compose.yml')) as { services: Readonly<Record<string, Service>> };

describe('docker-compose.yml', () => {
  it('brings a database, a queue store and an XMPP server', () => {
    expect(Object.keys(services).sort()).toEqual(['ejabberd', 'postgres', 'redis']);
  });

  it.each(Object.entries(services))(
    'gives %s a pinned image, a health check and ports on loopback only',
    (_, service) => {
      expect(service.image).toMatch(/:\d/);
      expect(service.healthcheck?.test.length).toBeGreaterThan(1);
      expect(service.ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    },
  );
});
