import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GrpcTls } from '../grpc/tls.js';

const script = fileURLToPath(new URL('../../deploy/certificates/make-certificates.sh', import.meta.url));
const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });

/** Certificates as deploy/certificates makes them, and some that must not be taken, in a folder of a test's own. */
export interface TestCertificates {
  readonly folder: string;
  /** Of a service, such as `auth`; `ca` of this authority. */
  of(service: string): GrpcTls;
  /** Signed by this authority, for this name only, valid for so many days from now; below 0 they are over. */
  made(name: string, days: number): GrpcTls;
  /** Makes them anew. @returns what people are told */
  renew(...options: readonly string[]): string;
  remove(): void;
}

/** @throws where openssl is not installed */
export const makeTestCertificates = (): TestCertificates => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-certificates-'));
  execFileSync(script, [folder], { stdio: 'pipe' });
  const path = (name: string) => join(folder, name);
  const of = (service: string): GrpcTls => ({
    ca: readFileSync(path('ca.crt')),
    cert: readFileSync(path(`${service}.crt`)),
    key: readFileSync(path(`${service}.key`)),
  });
  return {
    folder,
    of,
    made: (name, days) => {
      const file = `made-${name}`;
      openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', path(`${file}.key`));
      openssl('req', '-new', '-key', path(`${file}.key`), '-subj', `/CN=${name}`, '-out', path('made.csr'));
      writeFileSync(path('made.ext'), `subjectAltName=DNS:${name}\n`);
      const authority = ['-CA', path('ca.crt'), '-CAkey', path('ca.key'), '-CAcreateserial'];
      const asked = ['-days', String(days), '-extfile', path('made.ext'), '-out', path(`${file}.crt`)];
      openssl('x509', '-req', '-in', path('made.csr'), ...authority, ...asked);
      return of(file);
    },
    renew: (...options) => execFileSync(script, ['--force', ...options, folder], { encoding: 'utf8', stdio: 'pipe' }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
