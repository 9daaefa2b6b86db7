import assert from 'node:assert/strict';
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  randomFillSync,
  type KeyObject,
} from 'node:crypto';

/** Bytes of the secret, and of every key. */
export const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const pseudonymBytes = 16;
const cipher = 'aes-256-gcm';

/**
 * The keys of an archive. What is about an account lies under a key of its own (AES-256-GCM); that key lies, wrapped by one that follows
 * from the secret, in the one row that knows the account. Who destroys the row has destroyed the content, in whatever copy it
 * is. Who has the database and not the secret opens nothing, and finds no account in it.
 */
export class Keyring {
  // Objects, and not bytes: to make one of each call's bytes costs four times the call.
  readonly #wrapping: KeyObject;
  readonly #pseudonyms: KeyObject;
  readonly #memories: KeyObject;

  constructor(secret: Uint8Array) {
    assert.equal(secret.length, keyBytes, 'the secret of an archive has 32 bytes');
    const derive = (purpose: string): KeyObject =>
      createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, keyBytes)));
    this.#wrapping = derive('winnow archive: keys of accounts');
    this.#pseudonyms = derive('winnow archive: pseudonyms');
    this.#memories = derive('winnow archive: memories of erasures');
  }

  /** Under what an account is found. */
  pseudonymOf(accountId: string): Uint8Array {
    return keyedHash(this.#pseudonyms, accountId);
  }

  /** Under what it is found that an account was forgotten: nothing that the archive said of it before leads there. */
  memoryOf(accountId: string): Uint8Array {
    return keyedHash(this.#memories, accountId);
  }

  /** A key for an account, and how it is kept. */
  createKey(pseudonym: Uint8Array): { readonly key: KeyObject; readonly wrapped: Uint8Array } {
    const key = randomBytes(keyBytes);
    return { key: createSecretKey(key), wrapped: seal(this.#wrapping, pseudonym, key) };
  }

  /** Throws where the secret is another, or the bytes were altered. */
  unwrap(wrapped: Uint8Array, pseudonym: Uint8Array): KeyObject {
    return createSecretKey(open(this.#wrapping, pseudonym, wrapped));
  }
}

/** @param name what it belongs to: sealed content opens nowhere else. */
export function sealText(key: KeyObject, name: string, text: string): Uint8Array {
  return seal(key, Buffer.from(name), Buffer.from(text));
}

/** Throws where the key is another, or the bytes were altered or belong elsewhere. */
export function openText(key: KeyObject, name: string, sealed: Uint8Array): string {
  return open(key, Buffer.from(name), sealed).toString('utf8');
}

/** What a forgotten record is called: whoever does not hold the salt cannot tell what it was called before. */
export function forgottenId(salt: Uint8Array, id: string): string {
  return `gone_${createHmac('sha256', salt)
    .update(id)
    .digest('hex')
    .slice(0, 2 * pseudonymBytes)}`;
}

export function createSalt(): Uint8Array {
  return randomBytes(keyBytes);
}

function keyedHash(key: KeyObject, text: string): Uint8Array {
  return createHmac('sha256', key).update(text).digest().subarray(0, pseudonymBytes);
}

/** Random bytes that are drawn, and not used. */
const drawn = Buffer.alloc(1_024 * nonceBytes);
let drawnUsed = drawn.length;

/** Never the same twice: random, as the key of an account seals far fewer records than would make two meet.. */
function nextNonce(): Uint8Array {
  if (drawnUsed === drawn.length) {
    randomFillSync(drawn);
    drawnUsed = 0;
  }
  drawnUsed += nonceBytes;
  return drawn.subarray(drawnUsed - nonceBytes, drawnUsed);
}

function seal(key: KeyObject, name: Uint8Array, content: Uint8Array): Uint8Array {
  const nonce = nextNonce();
  const sealing = createCipheriv(cipher, key, nonce).setAAD(name);
  const sealed = sealing.update(content);
  sealing.final();
  return Buffer.concat([nonce, sealed, sealing.getAuthTag()]);
}

function open(key: KeyObject, name: Uint8Array, sealed: Uint8Array): Buffer {
  assert(sealed.length >= nonceBytes + tagBytes, 'sealed content has a nonce and a tag');
  const end = sealed.length - tagBytes;
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes))
    .setAAD(name)
    .setAuthTag(sealed.subarray(end));
  const content = opening.update(sealed.subarray(nonceBytes, end));
  opening.final();
  return content;
}
