import { createHash } from 'node:crypto';

/** A program that runs inside Valkey, which knows it again by its hash. */
export class Script {
  readonly text: string;
  readonly sha1: string;

  constructor(text: string) {
    this.text = text;
    this.sha1 = createHash('sha1').update(text).digest('hex');
  }
}
